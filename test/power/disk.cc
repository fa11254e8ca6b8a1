#include "disk.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace odradek::power {
namespace {

constexpr off_t kImageBytes = 320LL << 20;  // sparse; the least that XFS takes is 300 MiB
constexpr int kLoopMajor = 7;
// EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are one; 2 drops the log's unwritten part too.
constexpr unsigned long kShutdown = _IOR('X', 125, uint32_t);
constexpr uint32_t kNoLogFlush = 2;

std::string failure(const std::string& what) { return what + ": " + std::strerror(errno); }

}  // namespace

std::optional<std::string> enter_private_mounts(const std::string& folder) {
  if (::unshare(CLONE_NEWNS) != 0) return failure("a mount namespace is refused");
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return failure("private mounts are refused");
  }
  if (::mount("power", folder.c_str(), "tmpfs", 0, "mode=0700") != 0) {
    return failure("a file system in memory is refused");
  }
  return std::nullopt;
}

void leave_private_mounts(const std::string& folder) { ::umount2(folder.c_str(), MNT_DETACH); }

Disk::~Disk() { static_cast<void>(unmount()); }

std::optional<std::string> Disk::format() {
  ::unlink(image_.c_str());
  const int image = ::open(image_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const bool made = image >= 0 && ::ftruncate(image, kImageBytes) == 0;
  if (!made) return failure(image_);
  ::close(image);
  ::mkdir(mount_point_.c_str(), 0700);
  const std::string options = kind_ == "xfs" ? " -q -f " : " -q -F ";
  const std::string command = "PATH=$PATH:/usr/sbin:/sbin mkfs." + kind_ + options + image_;
  if (std::system(command.c_str()) != 0) return "mkfs." + kind_ + " fails or is not installed";
  return std::nullopt;
}

// A loop device of the image that detaches itself with its last user.
std::optional<std::string> Disk::attach(std::string* device, int* descriptor) const {
  const int control = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) return failure("/dev/loop-control");
  const int image = ::open(image_.c_str(), O_RDWR | O_CLOEXEC);
  std::optional<std::string> failed = "no loop device is free";
  for (int tries = 0; tries < 64; ++tries) {
    const int number = ::ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) break;
    *device = "/dev/loop" + std::to_string(number);
    ::mknod(device->c_str(), S_IFBLK | 0600, ::makedev(kLoopMajor, static_cast<unsigned>(number)));
    const int loop = ::open(device->c_str(), O_RDWR | O_CLOEXEC);
    loop_config config{};
    config.fd = static_cast<uint32_t>(image);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (loop >= 0 && ::ioctl(loop, LOOP_CONFIGURE, &config) == 0) {
      *descriptor = loop;
      failed.reset();
      break;
    }
    failed = failure(*device);
    if (loop >= 0) ::close(loop);
    if (errno != EBUSY) break;  // somebody else was faster
  }
  ::close(image);
  ::close(control);
  return failed;
}

std::optional<std::string> Disk::mount() {
  std::string device;
  int loop = -1;
  if (auto failed = attach(&device, &loop)) return failed;
  const int mounted = ::mount(device.c_str(), mount_point_.c_str(), kind_.c_str(), 0, nullptr);
  const std::string reason = mounted == 0 ? "" : failure("mounting an image with " + kind_);
  ::close(loop);
  if (mounted != 0) return reason;
  mounted_ = true;
  return std::nullopt;
}

std::optional<std::string> cut_power(const std::string& mount_point) {
  const int root = ::open(mount_point.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  uint32_t flags = kNoLogFlush;
  const bool cut = root >= 0 && ::ioctl(root, kShutdown, &flags) == 0;
  const std::string reason = cut ? "" : failure("the file system's shutdown call");
  if (root >= 0) ::close(root);
  if (!cut) return reason;
  return std::nullopt;
}

std::optional<std::string> Disk::unmount() {
  if (!mounted_) return std::nullopt;
  for (int tries = 0;; ++tries) {
    if (::umount2(mount_point_.c_str(), 0) == 0) break;
    if (errno != EBUSY || tries == 500) return failure("unmounting " + mount_point_);
    ::usleep(2000);
  }
  mounted_ = false;
  return std::nullopt;
}

}  // namespace odradek::power
