#include "node/storage/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>

namespace capsize::storage {

std::optional<DirectoryLock> DirectoryLock::acquire(const std::string& directory) {
  Descriptor file(::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return DirectoryLock(std::move(file));
}

}  // namespace capsize::storage
