// A disk whose power can be cut: a file system in an image file on a loop device. The cut is the
// file system's own shutdown call, which lets nothing more reach the image, not even its log.
//
// What reached the image counts as on the disk: that a sync also empties the cache of a real drive
// is the kernel's part and not tested here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace odradek::power {

// Makes the mounts of this process and its children its own: however they end, the kernel takes
// them away with the last of them. Puts a file system in memory at `folder`. Returns why it cannot.
std::optional<std::string> enter_private_mounts(const std::string& folder);
// Takes that file system away again, with all in it.
void leave_private_mounts(const std::string& folder);

// Nothing unsynced of the file system at `mount_point` gets to its disk from here on. No process
// may be using it: a sync that is under way could report success. Returns why it failed.
std::optional<std::string> cut_power(const std::string& mount_point);

class Disk {
 public:
  // `kind` is ext4 or xfs; image and mount point lie in `folder`.
  Disk(std::string kind, const std::string& folder)
      : kind_(std::move(kind)), image_(folder + "/image"), mount_point_(folder + "/disk") {}
  ~Disk();

  // Each returns why it failed.
  std::optional<std::string> format();
  std::optional<std::string> mount();
  std::optional<std::string> cut_power() { return power::cut_power(mount_point_); }
  std::optional<std::string> unmount();

  const std::string& path() const { return mount_point_; }

 private:
  std::optional<std::string> attach(std::string* device, int* descriptor) const;

  const std::string kind_;
  const std::string image_;
  const std::string mount_point_;
  bool mounted_ = false;
};

}  // namespace odradek::power
