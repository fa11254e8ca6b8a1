#include "log/segment_format.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("segment files are named by base offset in 20 digits") {
  CHECK(segment_file_name(Offset(14), SegmentFileKind::log) == "00000000000000000014.log");
  CHECK(segment_file_name(Offset(INT64_MAX), SegmentFileKind::time_index) ==
        "09223372036854775807.timeindex");
  CHECK(segment_file_path("/d/t-0", Offset(0), SegmentFileKind::snapshot) ==
        "/d/t-0/00000000000000000000.snapshot");
}

TEST_CASE("names of segment files are told from others") {
  const auto live = parse_segment_file_name("00000000000000000014.txnindex");
  REQUIRE(live.has_value());
  CHECK(live->base_offset == Offset(14));
  CHECK(live->kind == SegmentFileKind::aborted_index);
  CHECK(live->state == SegmentFileState::live);
  CHECK(parse_segment_file_name("00000000000000000014.index.deleted")->state ==
        SegmentFileState::deleted);
  CHECK(parse_segment_file_name("00000000000000000014.log.cleaned")->state ==
        SegmentFileState::cleaned);
  CHECK(parse_segment_file_name("00000000000000000014.log.swap")->state == SegmentFileState::swap);
  for (const char* other :
       {"", "leader-epoch-checkpoint", "00000000000000000014", "00000000000000000014.logs",
        "0000000000000000001x.log", "-0000000000000000014.log", "14.log",
        "00000000000000000014.log.old", "00000000000000000000-0000000000.checkpoint",
        "99999999999999999999.log"}) {
    CAPTURE(other);
    CHECK_FALSE(parse_segment_file_name(other));
  }
}

}  // namespace odradek
