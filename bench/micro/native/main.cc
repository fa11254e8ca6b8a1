// odradek-micro ROUNDS FOLDER [CASE…]: measures the named cases, or all, and prints their figures
// as one JSON object, a list of nanoseconds by case. A name that is unknown is passed over. FOLDER
// must exist and be empty; what is left in it may be removed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "cases.h"

namespace odradek::micro {
namespace {

void add(std::vector<Case> more, std::vector<Case>* cases) {
  cases->insert(cases->end(), more.begin(), more.end());
}

void print(const std::vector<Figures>& figures) {
  std::printf("{");
  const char* separator = "\n";
  for (const Figures& one : figures) {
    std::printf("%s\"%s\": [", separator, one.name.c_str());
    for (size_t i = 0; i < one.ns.size(); ++i) std::printf(i == 0 ? "%.2f" : ", %.2f", one.ns[i]);
    std::printf("]");
    separator = ",\n";
  }
  std::printf("\n}\n");
}

int run(size_t rounds, const char* folder, std::span<char*> names) {
  std::vector<Case> cases;
  add(checksum_cases(), &cases);
  add(batch_cases(), &cases);
  add(index_cases(), &cases);
  add(log_cases(folder), &cases);
  const auto is_named = [names](const Case& one) {
    return std::any_of(names.begin(), names.end(), [&one](char* name) { return one.name == name; });
  };
  if (!names.empty()) std::erase_if(cases, [&](const Case& one) { return !is_named(one); });
  print(measure(cases, rounds));
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace odradek::micro

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<size_t>(argc));
  const long rounds = arguments.size() < 3 ? 0 : std::strtol(arguments[1], nullptr, 10);
  if (rounds < 1) {
    std::fprintf(stderr, "use: odradek-micro ROUNDS FOLDER [CASE...]\n");
    return EXIT_FAILURE;
  }
  return odradek::micro::run(static_cast<size_t>(rounds), arguments[2], arguments.subspan(3));
}
