#include <cstring>
#include <memory>

#include "cases.h"
#include "checksum/crc32c.h"
#include "checksum/crc32c_kernels.h"

namespace odradek::micro {

std::vector<Case> checksum_cases() {
  std::vector<Case> cases;
  for (const auto& [size, label] :
       {std::pair<size_t, std::string>{64, "64"}, {1 << 10, "1k"}, {1 << 20, "1m"}}) {
    const auto from = std::make_shared<std::vector<uint8_t>>(size, 0x5a);
    const auto to = std::make_shared<std::vector<uint8_t>>(size);
    cases.push_back({"crc32c-" + label, [from](size_t times) {
                       for (; times > 0; --times) keep(crc32c(*from));
                     }});
    cases.push_back({"portable-" + label, [from](size_t times) {
                       for (; times > 0; --times) {
                         keep(crc32c_kernels::portable(0, from->data(), from->size()));
                       }
                     }});
    cases.push_back({"copy-" + label, [from, to](size_t times) {
                       for (; times > 0; --times) {
                         std::memcpy(to->data(), from->data(), from->size());
                         keep(*to->data());
                       }
                     }});
  }
  return cases;
}

}  // namespace odradek::micro
