#include "log/append_only_array.h"

#include <thread>

#include "log_fixture.h"

namespace odradek {

TEST_CASE("elements stay where they are while the array grows") {
  AppendOnlyArray<int64_t> array;
  for (int64_t i = 0; i < 5000; ++i) array.append(i * i);
  CHECK(array.size() == 5000);
  bool same = true;
  for (size_t i = 0; i < 5000; ++i) same = same && array[i] == static_cast<int64_t>(i * i);
  CHECK(same);
}

TEST_CASE("readers see whole elements while one thread appends") {
  AppendOnlyArray<int64_t> array;
  std::atomic<bool> wrong{false};
  std::thread reader([&] {
    for (size_t seen = 0; seen < 20000;) {
      seen = array.size();
      if (seen > 0 && array[seen - 1] != static_cast<int64_t>(seen - 1)) wrong = true;
    }
  });
  for (int64_t i = 0; i < 20000; ++i) array.append(i);
  reader.join();
  CHECK_FALSE(wrong);
}

}  // namespace odradek
