// Where images end up: the one interface through which they leave. Today a folder; object storage could stand here.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/layout.hpp"
#include "core/reason.hpp"
#include "core/settings.hpp"

namespace gannet::store {

class ImageStore {
 public:
  virtual ~ImageStore() = default;

  /// Writes the bytes under a temporary name and returns it. Any thread.
  virtual Result<std::string> stage(std::string_view bytes) = 0;

  /// The same without writing, when the file that was published as `path` has these very bytes: it gets another name. A
  /// fault is no news: it has not, or can have no more names, and the bytes are to be written. Any thread.
  virtual Result<std::string> stage_link(std::string_view /*bytes*/, const std::string& path) {
    return Fault{Reason::disk_error, path + ": one name an image"};
  }

  /// Makes all that was staged so far durable. A fault means that it may be lost. One thread.
  virtual Result<void> sync_staged() = 0;

  /// Gives what was staged as `staging` its final name, relative to the root, replacing what has it. One thread.
  virtual Result<void> publish(const std::string& staging, const std::string& path) = 0;

  /// Whether any image could get a name in `folder`, relative to the root: one does, and is removed. One thread.
  virtual Result<void> probe(const std::string& folder) = 0;

  /// Makes the names published so far durable. One thread.
  virtual Result<void> sync_published() = 0;

  /// Whether what was published under this name is still there, and as long as it was. Any thread.
  virtual bool has(const std::string& path, std::uint64_t bytes) const = 0;

  /// Forgets what was staged as `staging`. Any thread.
  virtual void discard(const std::string& staging) = 0;
};

/// Files under images/<job>/. Removes what an earlier run left in the staging folder.
/// Throws std::system_error when the folders cannot be made.
std::unique_ptr<ImageStore> make_file_store(const Layout& layout, const StoreSettings& settings);

}  // namespace gannet::store
