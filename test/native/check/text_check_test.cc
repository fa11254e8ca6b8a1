// Which line of a text is wrong, by its number and its bytes.
#include "check/text_check.h"

#include <doctest/doctest.h>

#include "check_words.h"
#include "file/memory_file_system.h"

namespace odradek {
namespace {

std::string told(std::string_view text, TextForm form) {
  return words_of(text_finding("f", text, form));
}

}  // namespace

TEST_CASE("the bad line of an offset checkpoint is named") {
  const auto form = TextForm::offset_checkpoint;
  CHECK(told("", form) == "damaged f [0, 0): line 1: the file is empty");
  CHECK(told("1\n0\n", form) ==
        "damaged f [0, 2): line 1: the version is \"1\" where \"0\" is known");
  CHECK(told("0", form) == "damaged f [1, 1): line 2: the second line is missing");
  CHECK(told("0\nx\n", form) == "damaged f [2, 4): line 2: \"x\" is no number of entries");
  CHECK(told("0\n2\na 0 1\n", form) == "damaged f [2, 4): line 2: 1 entries where 2 are announced");
  CHECK(told("0\n3\na 0 1\na b 2\na 2 3\n", form) ==
        "damaged f [10, 16): line 4: \"a b 2\" is no entry");
  for (const char* line : {"a 0", "a 0 1 2", " 0 1", "a -1 1", "a 0 -1", "a 0 1x"}) {
    CAPTURE(line);
    CHECK(told("0\n1\n" + std::string(line) + "\n", form).find("is no entry") != std::string::npos);
  }
}

TEST_CASE("what cannot be printed is not, and a long line is cut") {
  const auto form = TextForm::offset_checkpoint;
  CHECK(told("0\n1\na\tb\x01\xff\n", form).find("\"a?b??\" is no entry") != std::string::npos);
  CHECK(told("0\n1\n" + std::string(200, 'x'), form).find(std::string(60, 'x') + "…") !=
        std::string::npos);
}

TEST_CASE("leader epochs must ascend") {
  const auto form = TextForm::leader_epochs;
  CHECK(told("0\n2\n0 0\n0 5\n", form) == "damaged f [8, 12): line 4: \"0 5\" does not ascend");
  CHECK(told("0\n2\n0 5\n1 5\n", form) == "damaged f [8, 12): line 4: \"1 5\" does not ascend");
  CHECK(told("0\n1\n-1 5\n", form) == "damaged f [4, 9): line 3: \"-1 5\" is no entry");
}

TEST_CASE("the topic id and the marker of a clean stop") {
  CHECK(told("version: 0\ntopic_id: x\n", TextForm::partition_metadata) ==
        "damaged f [11, 23): line 2: \"topic_id: x\" is no topic id");
  CHECK(told("version: 9\n", TextForm::partition_metadata).find("version: 9") != std::string::npos);
  CHECK(is_clean_shutdown_text(""));
  CHECK(is_clean_shutdown_text("{\"version\":0,\"brokerEpoch\":-1}"));
  CHECK(is_clean_shutdown_text("{\"version\":0,\"brokerEpoch\":4711}"));
  for (const char* text :
       {"{", "{}", "{\"version\":1,\"brokerEpoch\":1}", "{\"version\":0,\"brokerEpoch\":}",
        "{\"version\":0,\"brokerEpoch\":1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_clean_shutdown_text(text));
  }
}

TEST_CASE("one JSON object, whole") {
  for (const char* text :
       {"{}", "{ }", "{\"a\":1}", "{\"a\":[1,-2.5e3,\"x\\\"y\",null,true,false,{}],\"b\":{}}\n",
        "{ \"a\" : [ ] }"}) {
    CAPTURE(text);
    CHECK(is_json_object(text));
  }
  for (const char* text : {"", "1", "[]", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
                           "{\"a\":1}}", "{a:1}", "{\"a\":\"x}", "{\"a\":\"x\\\"}", "{\"a\":tru}",
                           "{\"a\":[1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}"}) {
    CAPTURE(text);
    CHECK_FALSE(is_json_object(text));
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{\"a\":";
  CHECK_FALSE(is_json_object(deep));
}

TEST_CASE("a text that is missing is nothing, one that cannot be read an error") {
  MemoryFileSystem disk;
  REQUIRE(disk.create_directories("/folder").ok());
  const auto missing = read_small_file(disk, "/f");
  REQUIRE(missing.ok());
  CHECK_FALSE(missing.value().has_value());
  REQUIRE(replace_file(disk, "/f", as_bytes("text")).ok());
  const auto there = read_small_file(disk, "/f");
  REQUIRE(there.ok());
  CHECK(there.value() == "text");
  CHECK_FALSE(read_small_file(disk, "/folder").ok());
}

}  // namespace odradek
