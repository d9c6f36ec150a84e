#include "storage/spill_file.h"

namespace stead {

std::unique_ptr<DiskFile> open_spill_file(Disk& disk, const std::string& path) {
  disk.make_folders(path.substr(0, path.rfind('/')));
  auto file = disk.open(path, Disk::Mode::create);
  disk.remove(path);
  return file;
}

}  // namespace stead
