#include "tests/node/adapters/memory_file_system.h"

#include <algorithm>

namespace capsize::storage {

template <class Effect>
base::Status MemoryFileSystem::change(const char* call, const std::string& path, Effect effect) {
  ++calls_;
  if (calls_ == fail_only_)
    return base::Error{std::string(call) + " " + path + ": injected failure"};
  if (calls_ < fail_from_ || (calls_ == fail_from_ && after_effect_)) effect();
  if (calls_ < fail_from_) return {};
  return base::Error{std::string(call) + " " + path + ": injected failure"};
}

class MemoryFile : public WritableFile {
 public:
  MemoryFile(MemoryFileSystem& files, std::string path,
             std::shared_ptr<MemoryFileSystem::Inode> inode)
      : files_(files), path_(std::move(path)), inode_(std::move(inode)) {}
  base::Status append(std::string_view bytes) override {
    return files_.change("write", path_, [&] {
      if (inode_->now.size() < inode_->end + bytes.size()) {
        inode_->now.resize(inode_->end + bytes.size());
      }
      inode_->now.replace(inode_->end, bytes.size(), bytes);
      inode_->end += bytes.size();
    });
  }
  base::Status reserve(std::uint64_t size) override {
    return files_.change("fallocate", path_, [&] {
      if (inode_->now.size() < size) inode_->now.resize(size, '\0');
    });
  }
  base::Status sync() override {
    return files_.change("fdatasync", path_, [&] {
      inode_->synced = inode_->now;
      inode_->synced_end = inode_->end;
    });
  }

 private:
  MemoryFileSystem& files_;
  std::string path_;
  std::shared_ptr<MemoryFileSystem::Inode> inode_;
};

class MemoryFixedFile : public FixedFile {
 public:
  MemoryFixedFile(MemoryFileSystem& files, std::string path,
                  std::shared_ptr<MemoryFileSystem::Inode> inode)
      : files_(files), path_(std::move(path)), inode_(std::move(inode)) {}
  base::Status overwrite(std::uint64_t offset, std::string_view bytes) override {
    return files_.change("overwrite", path_, [&] {
      inode_->now.replace(offset, bytes.size(), bytes);
      inode_->overwritten = true;
    });
  }
  base::Status sync() override {
    return files_.change("fdatasync", path_, [&] {
      inode_->synced = inode_->now;
      inode_->overwritten = false;
    });
  }

 private:
  MemoryFileSystem& files_;
  std::string path_;
  std::shared_ptr<MemoryFileSystem::Inode> inode_;
};

base::Result<std::unique_ptr<WritableFile>> MemoryFileSystem::create(const std::string& path) {
  // As with O_TRUNC, an existing file stays the same file, and is empty at once.
  const auto existing = names_.find(path);
  auto inode = existing == names_.end() ? std::make_shared<Inode>() : existing->second;
  const auto replace = [&] {
    *inode = {};
    names_[path] = inode;
  };
  if (auto status = change("open", path, replace); !status) {
    return status.error();
  }
  return std::unique_ptr<WritableFile>(std::make_unique<MemoryFile>(*this, path, inode));
}

base::Result<std::unique_ptr<WritableFile>> MemoryFileSystem::open_append(const std::string& path,
                                                                          std::uint64_t end) {
  const auto found = names_.find(path);
  if (found == names_.end()) return base::Error{"open " + path + ": no such file"};
  found->second->end = end;
  found->second->synced_end = std::min(found->second->synced_end, found->second->end);
  return std::unique_ptr<WritableFile>(std::make_unique<MemoryFile>(*this, path, found->second));
}

base::Result<std::unique_ptr<FixedFile>> MemoryFileSystem::open_fixed(const std::string& path) {
  const auto found = names_.find(path);
  if (found == names_.end()) return base::Error{"open " + path + ": no such file"};
  return std::unique_ptr<FixedFile>(std::make_unique<MemoryFixedFile>(*this, path, found->second));
}

base::Result<std::optional<std::string>> MemoryFileSystem::read(const std::string& path,
                                                                std::size_t bytes_max) {
  const auto found = names_.find(path);
  if (found == names_.end()) return std::optional<std::string>();
  return std::optional(found->second->now.substr(0, bytes_max));
}

base::Result<std::vector<std::string>> MemoryFileSystem::list(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& [name, inode] : names_) {
    if (name.starts_with(path + "/")) names.push_back(name.substr(path.size() + 1));
  }
  return names;
}

base::Status MemoryFileSystem::truncate(const std::string& path, std::uint64_t size) {
  return change("truncate", path, [&] {
    Inode& inode = *names_.at(path);
    inode.now.resize(size);
    inode.synced = inode.now;
    inode.end = inode.synced_end = size;
  });
}

base::Status MemoryFileSystem::rename(const std::string& from, const std::string& to) {
  return change("rename", from, [&] {
    names_[to] = names_.at(from);
    names_.erase(from);
  });
}

base::Status MemoryFileSystem::remove(const std::string& path) {
  return change("unlink", path, [&] { names_.erase(path); });
}

base::Status MemoryFileSystem::sync_directory(const std::string& path) {
  return change("fsync", path, [&] {
    const std::string prefix = path + "/";
    std::erase_if(synced_names_, [&](const auto& item) { return item.first.starts_with(prefix); });
    for (const auto& [name, inode] : names_) {
      if (name.starts_with(prefix)) synced_names_[name] = inode;
    }
  });
}

void MemoryFileSystem::fail_from(std::uint64_t n, bool after_effect) {
  fail_from_ = calls_ + n;
  after_effect_ = after_effect;
}

void MemoryFileSystem::crash(double torn_kept) {
  kill();
  names_ = synced_names_;
  for (auto& [name, inode] : names_) {
    // Only append() and reserve() leave unsynced state here: truncate() syncs.
    const std::size_t unsynced = inode->end - inode->synced_end;
    const auto kept = static_cast<std::size_t>(static_cast<double>(unsynced) * torn_kept);
    if (inode->overwritten && torn_kept == 1) {
      inode->synced = inode->now;
    } else if (kept > 0) {
      std::fill(inode->now.begin() + static_cast<std::ptrdiff_t>(inode->synced_end + kept),
                inode->now.end(), '\0');
    } else {
      inode->now = inode->synced;
    }
    inode->synced = inode->now;
    inode->overwritten = false;
    inode->end = inode->synced_end = inode->synced_end + kept;
  }
}

std::map<std::string, std::string> MemoryFileSystem::all() const {
  std::map<std::string, std::string> all;
  for (const auto& [name, inode] : names_) all[name] = inode->now;
  return all;
}

}  // namespace capsize::storage
