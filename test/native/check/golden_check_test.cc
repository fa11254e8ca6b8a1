// A directory that Apache Kafka 4.3.1 left after a clean stop, compaction, transactions, deleted
// records and all, is whole: nothing in it is told as damage.
#include <cstdlib>
#include <filesystem>

#include "../file/temporary_directory.h"
#include "../log/log_fixture.h"
#include "check/directory_check.h"
#include "check_words.h"

namespace odradek {

TEST_CASE("a clean directory of Apache Kafka has no fault") {
  TemporaryDirectory folder;
  const auto fixtures = std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "fixtures";
  const std::string archive = (fixtures / "storage" / "kafka-4.3.1-clean.tar.gz").string();
  const std::string command = "tar -xzf '" + archive + "' -C '" + folder.path() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  auto check = DirectoryCheck::open(posix_file_system(), folder.path() + "/data");
  REQUIRE(check.ok());
  const DirectoryReport& report = (*check)->report();
  CHECK(report.clean);
  CHECK(words_of(report.findings) == "");
  CHECK(report.partitions.size() > 100);
  int64_t batches = 0;
  for (size_t i = 0; i < report.partitions.size(); ++i) {
    CAPTURE(report.partitions[i].facts.folder);
    auto partition = (*check)->check(i);
    REQUIRE(partition.ok());
    CHECK(words_of(partition->findings) == "");
    CHECK_FALSE(partition->cut.has_value());
    CHECK(partition->bytes == report.partitions[i].bytes);
    batches += partition->batches;
  }
  CHECK(batches > 100);
}

}  // namespace odradek
