// Turns the event loop until a coroutine has its answer, and says in a word how it ended. For tests.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "net/byte_stream.hpp"

namespace gannet::net {

/// Starts the coroutine; the pointer is to nothing until it has ended.
template <class T>
std::shared_ptr<std::optional<T>> start(boost::asio::io_context& io, Task<T> task) {
  auto answer = std::make_shared<std::optional<T>>();
  boost::asio::co_spawn(io, std::move(task), [answer](std::exception_ptr thrown, T value) {
    if (thrown) std::rethrow_exception(thrown);
    *answer = std::move(value);
  });
  return answer;
}

/// Throws when nothing happens for so long that the test must be taken for hung.
inline void turn_once(boost::asio::io_context& io) {
  if (io.stopped()) io.restart();
  if (io.run_one_for(30s) == 0)
    throw std::runtime_error("the event loop has nothing to do, but the task has not ended");
}

template <class T>
T finish(boost::asio::io_context& io, const std::shared_ptr<std::optional<T>>& answer) {
  while (!*answer) turn_once(io);
  return std::move(**answer);
}

template <class T>
T run(boost::asio::io_context& io, Task<T> task) {
  return finish(io, start(io, std::move(task)));
}

/// "ok", or the name of the reason.
template <class T>
std::string verdict(const Result<T>& result) {
  return result ? "ok" : std::string(to_string(result.error().reason));
}

}  // namespace gannet::net
