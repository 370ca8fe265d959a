// What /etc/hosts says of names, as it is now. Looking up costs nothing but, once a second, one look whether the file
// has changed; then it is read on a thread of its own, because lists of advertisers make it megabytes long, and what it
// said before holds until that is done. All lanes share what was read. One object a lane; lane thread only.
#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "net/race.hpp"

namespace gannet::net {

class HostsFile {
 public:
  struct Contents;

  /// Reads it, unless another lane has.
  explicit HostsFile(std::filesystem::path path = "/etc/hosts");

  /// The addresses of the name, in any case of letters, both families together; nothing when it is not in there.
  /// `localhost` and what ends in `.localhost` is this machine in any case (RFC 6761).
  Addresses find(std::string_view name, TimePoint now);

 private:
  void look_for_changes(TimePoint now);

  std::filesystem::path path_;
  std::shared_ptr<const Contents> contents_;
  std::future<std::shared_ptr<const Contents>> reading_;
  TimePoint looked_{};
};

}  // namespace gannet::net
