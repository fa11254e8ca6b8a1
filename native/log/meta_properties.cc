#include "log/meta_properties.h"

#include <map>
#include <optional>

#include "log/text_lines.h"

namespace odradek {
namespace {

constexpr int32_t kVersionInUse = 2;
constexpr std::string_view kSpaces = " \t\f\r";

// Java's escapes: a backslash makes the next character literal.
std::string unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

std::map<std::string, std::string> parse_properties(std::string_view text) {
  std::map<std::string, std::string> properties;
  for (std::string_view line : split_lines(text)) {
    const size_t first = line.find_first_not_of(kSpaces);
    if (first == std::string_view::npos || line[first] == '#' || line[first] == '!') continue;
    line.remove_prefix(first);
    const size_t separator = line.find_first_of("=:");
    if (separator == std::string_view::npos) continue;
    std::string_view key = line.substr(0, separator);
    std::string_view value = line.substr(separator + 1);
    while (!key.empty() && kSpaces.find(key.back()) != std::string_view::npos) key.remove_suffix(1);
    const size_t begin = value.find_first_not_of(kSpaces);
    value = begin == std::string_view::npos ? std::string_view() : value.substr(begin);
    while (!value.empty() && kSpaces.find(value.back()) != std::string_view::npos) {
      value.remove_suffix(1);
    }
    properties[unescape(key)] = unescape(value);
  }
  return properties;
}

std::string version_line(bool in_use) {
  return "version=" + std::to_string(in_use ? kVersionInUse : 1);
}

}  // namespace

// Keys in the order in which Kafka writes them; its comment with the date is left out.
std::string format_meta_properties(const MetaProperties& properties, bool in_use) {
  return "cluster.id=" + properties.cluster_id + "\ndirectory.id=" + properties.directory_id +
         "\nnode.id=" + std::to_string(properties.node_id) + "\n" + version_line(in_use) + "\n";
}

std::string with_meta_properties_version(std::string_view text, bool in_use) {
  std::string changed;
  for (std::string_view line : split_lines(text)) {
    const bool is_version = parse_properties(line).contains("version");
    changed += is_version ? version_line(in_use) : std::string(line);
    changed += '\n';
  }
  return changed;
}

Result<MetaProperties, std::string> parse_meta_properties(std::string_view text) {
  std::map<std::string, std::string> found = parse_properties(text);
  const auto version = parse_decimal<int32_t>(found["version"]);
  if (!version) return Err(std::string("has no version"));
  if (*version < 1) return Err(std::string("is of version 0, from before Apache Kafka's KRaft"));
  if (*version > kVersionInUse) {
    return Err("is of version " + std::to_string(*version) +
               ", which this release does not know; use a newer one");
  }
  MetaProperties properties;
  properties.cluster_id = found["cluster.id"];
  properties.directory_id = found["directory.id"];
  if (properties.cluster_id.empty()) return Err(std::string("has no cluster.id"));
  const auto node_id = parse_decimal<int32_t>(found["node.id"]);
  if (!node_id || *node_id < 0) return Err(std::string("has no proper node.id"));
  properties.node_id = *node_id;
  return properties;
}

}  // namespace odradek
