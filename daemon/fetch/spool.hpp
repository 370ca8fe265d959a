// Bodies for which memory has no room, on the disk of the root: in files without a name, so that a crash leaves nothing
// behind. A thread of its own writes and reads, so that no lane waits for a disk. One for all lanes; it outlives them.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/body.hpp"
#include "core/disk.hpp"
#include "core/settings.hpp"
#include "fetch/wake.hpp"

namespace gannet::fetch {

class Spool {
 public:
  /// `folder` is on the disk that images go to, of which `keep_free` bytes are left to others. Nothing is opened before
  /// it is needed.
  explicit Spool(std::filesystem::path folder, ByteCount keep_free = 0);

  /// False once the disk has refused something, until try_again(). Any thread.
  bool takes() const { return !refused_.load(std::memory_order_relaxed); }
  void try_again() { refused_.store(false, std::memory_order_relaxed); }

  /// Appends to the file, which is opened when it is none. Faults: `disk_full`, `disk_error`. Its thread only.
  Result<void> append(Descriptor& file, std::string_view bytes);

  boost::asio::thread_pool& thread() { return thread_; }

 private:
  Result<void> look(ByteCount size);
  Result<Descriptor> open() const;
  Result<void> refused(Fault fault);

  std::filesystem::path folder_;
  ByteCount keep_free_;
  ByteCount unlooked_ = 0;  // bytes that may be written before it is looked how much is free
  std::atomic<bool> refused_{false};
  boost::asio::thread_pool thread_;  // the last: it uses the rest
};

/// What becomes of a body for which there is no room anywhere: nobody failed, it is to be started again.
Fault no_room(const std::string& why);

/// One body. Owned by the response; what is under way keeps it alive. Lane thread only.
class SpooledBody : public std::enable_shared_from_this<SpooledBody> {
 public:
  /// Hears of bytes that are no longer in memory.
  using Written = std::function<void(ByteCount)>;

  SpooledBody(boost::asio::io_context& io, Spool& spool, Written written)
      : io_(io), spool_(spool), written_(std::move(written)), idle_(io) {}

  /// Appends; it is written in its turn.
  void add(Body piece);

  /// Why it cannot be had any more, if so.
  const std::optional<Fault>& fault() const { return fault_; }

  /// All of it, and `rest` behind it; once. Faults: `disk_full`, `disk_error`.
  net::Task<Result<Body>> load(Body rest);

 private:
  net::Task<void> drain();
  net::Task<Result<void>> write(std::string_view bytes);
  net::Task<Result<Body>> read(std::string_view rest);

  boost::asio::io_context& io_;
  Spool& spool_;
  Written written_;
  std::deque<Body> pieces_;  // not written yet
  bool draining_ = false;
  bool awaited_ = false;
  Wake idle_;
  std::optional<Fault> fault_;
  // The spool's thread has these while an operation is under way.
  Descriptor file_;
  std::size_t size_ = 0;
};

}  // namespace gannet::fetch
