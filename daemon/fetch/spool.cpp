#include "fetch/spool.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gannet::fetch {

namespace asio = boost::asio;

namespace {

constexpr ByteCount between_looks = 16 << 20;  // bytes

}  // namespace

Spool::Spool(std::filesystem::path folder, ByteCount keep_free)
    : folder_(std::move(folder)), keep_free_(keep_free), thread_(1) {
  asio::post(thread_, [] { pthread_setname_np(pthread_self(), "spool"); });
}

Result<void> Spool::append(Descriptor& file, std::string_view bytes) {
  if (auto room = look(bytes.size()); !room) return refused(room.error());
  if (!file) {
    auto opened = open();
    if (!opened) return refused(opened.error());
    file = std::move(*opened);
  }
  auto written = write_all(file.get(), bytes, folder_.string());
  if (!written) return refused(written.error());
  return written;
}

Result<void> Spool::look(ByteCount size) {
  if (keep_free_ == 0) return {};
  if (size > unlooked_) {
    std::error_code error;
    const auto space = std::filesystem::space(folder_, error);
    if (!error && space.available < keep_free_ + between_looks) {
      unlooked_ = 0;
      return disk_fault(ENOSPC, "less than twice store.min_free would be left at " + folder_.string());
    }
    unlooked_ = std::max(between_looks, size);
  }
  unlooked_ -= size;
  return {};
}

Result<Descriptor> Spool::open() const {
  Descriptor file(::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file || errno == ENOSPC || errno == EMFILE || errno == ENFILE) {
    if (!file) return disk_fault(folder_, last_error());
    return file;
  }
  // Not every filesystem can. What a crash leaves between these two is removed with all else there at the next start.
  std::string name = (folder_ / "spool-XXXXXX").string();
  file = Descriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return disk_fault(folder_, last_error());
  ::unlink(name.c_str());
  return file;
}

Result<void> Spool::refused(Fault fault) {
  if (!refused_.exchange(true)) {
    spdlog::warn(
        "the disk has no room for bodies that fill the memory ({}); fetching pauses until what is under way needs "
        "less, "
        "and some of that is fetched again",
        fault.detail);
  }
  return fault;
}

Fault no_room(const std::string& why) {
  Fault fault{Reason::cancelled, why};
  fault.again_in = 1s;
  return fault;
}

void SpooledBody::add(Body piece) {
  if (piece.empty()) return;
  pieces_.push_back(std::move(piece));
  if (std::exchange(draining_, true)) return;
  asio::co_spawn(io_, drain(), asio::detached);
}

net::Task<void> SpooledBody::drain() {
  const auto self = shared_from_this();
  while (!pieces_.empty()) {
    const auto size = pieces_.front().size();
    if (!fault_) {
      auto writing = write(pieces_.front().view());
      const auto written = co_await asio::co_spawn(spool_.thread(), std::move(writing), asio::use_awaitable);
      if (!written) fault_ = written.error();
    }
    pieces_.pop_front();
    written_(size);
  }
  draining_ = false;
  if (awaited_) idle_.signal();
}

net::Task<Result<void>> SpooledBody::write(std::string_view bytes) {
  auto written = spool_.append(file_, bytes);
  if (written) size_ += bytes.size();
  co_return written;
}

net::Task<Result<Body>> SpooledBody::load(Body rest) {
  const auto self = shared_from_this();
  if (draining_) {
    awaited_ = true;
    co_await idle_.wait();
  }
  if (fault_) co_return *fault_;
  auto reading = read(rest.view());
  co_return co_await asio::co_spawn(spool_.thread(), std::move(reading), asio::use_awaitable);
}

net::Task<Result<Body>> SpooledBody::read(std::string_view rest) {
  Body whole;
  const auto room = whole.prepare(size_ + rest.size());
  for (std::size_t done = 0; done < size_;) {
    const auto count = ::pread(file_.get(), room.data() + done, size_ - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) co_return disk_fault(count < 0 ? errno : EIO, "a body that memory had no room for");
    done += static_cast<std::size_t>(count);
  }
  whole.commit(size_);
  whole.append(rest);
  file_ = Descriptor();
  co_return std::move(whole);
}

}  // namespace gannet::fetch
