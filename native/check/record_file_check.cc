#include "check/record_file_check.h"

#include "check/segment_walk.h"

namespace odradek {

LogResult<int64_t> check_record_file(FileSystem& fs, const std::string& path,
                                     const std::string& file, Findings* findings) {
  auto window = FileWindow::open(fs, path);
  if (!window.ok()) return Err(window.error());
  SegmentWalk walk(**window, SegmentPlace(), WalkOrder());
  for (;;) {
    auto step = walk.next();
    if (!step.ok()) return Err(step.error());
    if (*step == WalkStep::batch) continue;
    const bool empty = *step == WalkStep::end && (*window)->size() == 0;
    if (*step == WalkStep::end && !empty) return (*window)->size();
    Finding finding;
    finding.file = file;
    finding.from = walk.position();
    finding.to = empty ? walk.position() : walk.damage_end();
    finding.reason = *step == WalkStep::damaged ? walk.reason()
                     : empty                    ? "the file is empty"
                                                : "zeros up to the end of the file";
    findings->add(std::move(finding));
    if (*step != WalkStep::damaged) return (*window)->size();
  }
}

}  // namespace odradek
