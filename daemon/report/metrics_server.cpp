#include "report/metrics_server.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <future>
#include <list>
#include <optional>
#include <thread>

namespace gannet::report {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint32_t longest_head = 8 << 10;
constexpr milliseconds pause_of_acceptor{200};  // when no connection can be accepted, as without free descriptors

using Answer = http::response<http::string_body>;
using Stream = beast::tcp_stream;

Answer answer_to(const http::request<http::empty_body>& request, const std::string& metrics) {
  const std::string_view target(request.target().data(), request.target().size());
  const bool known = target.substr(0, target.find('?')) == "/metrics";
  const bool asks = request.method() == http::verb::get || request.method() == http::verb::head;
  Answer answer(known && asks ? http::status::ok : http::status::not_found, 11);
  answer.set(http::field::content_type,
             known && asks ? "text/plain; version=0.0.4; charset=utf-8" : "text/plain; charset=utf-8");
  answer.set(http::field::cache_control, "no-store");
  answer.keep_alive(false);
  answer.body() = known && asks ? metrics : "There is nothing here but /metrics.\n";
  answer.prepare_payload();
  if (request.method() == http::verb::head) answer.body().clear();
  return answer;
}

}  // namespace

class MetricsServer::Impl {
 public:
  Impl(const ListenAddress& address, const Limits& limits)
      : limits_(limits), address_(address), endpoint_(address.address, address.port), thread_([this] {
          pthread_setname_np(pthread_self(), "metrics");
          io_.run();
        }) {
    asio::post(io_, [this] { listen(); });
  }

  ~Impl() {
    asio::post(io_, [this] {
      work_.reset();
      if (acceptor_) acceptor_->close();
      for (auto& stream : streams_) stream.close();
    });
    thread_.join();  // once all coroutines have ended
  }

  void show(std::string metrics) {
    asio::post(io_, [this, metrics = std::move(metrics)]() mutable {
      metrics_ = std::move(metrics);
      if (!acceptor_) listen();
    });
  }

  std::uint16_t port() {
    std::promise<std::uint16_t> port;
    asio::post(io_, [this, &port] { port.set_value(acceptor_ ? acceptor_->local_endpoint().port() : 0); });
    return port.get_future().get();
  }

 private:
  void listen() {
    boost::system::error_code error;
    tcp::acceptor acceptor(io_);
    acceptor.open(endpoint_.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint_, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) {
      spdlog::info("metrics are at http://{}/metrics", address_.text());
      acceptor_ = std::move(acceptor);
      asio::co_spawn(io_, accept_all(), asio::detached);
    } else if (error != told_) {
      spdlog::error("metrics.listen: cannot listen at {}: {}; tried again until it works", address_.text(),
                    error.message());
    }
    told_ = error;
  }

  asio::awaitable<void> accept_all() {
    while (acceptor_->is_open()) {
      auto [error, socket] = co_await acceptor_->async_accept(asio::as_tuple(asio::use_awaitable));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        asio::steady_timer pause(io_, pause_of_acceptor);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        continue;
      }
      const auto held = streams_.insert(streams_.end(), Stream(std::move(socket)));
      if (streams_.size() > limits_.connections) streams_.front().close();  // its coroutine ends of that
      asio::co_spawn(io_, serve(held), asio::detached);
    }
  }

  asio::awaitable<void> serve(std::list<Stream>::iterator held) {
    const Leaving leaving{streams_, held};
    Stream& stream = *held;
    stream.expires_after(limits_.longest);  // for all that follows
    beast::flat_buffer buffer(longest_head);
    http::request_parser<http::empty_body> parser;
    parser.header_limit(longest_head);
    auto [failed, read] = co_await http::async_read_header(stream, buffer, parser, asio::as_tuple(asio::use_awaitable));
    if (failed) co_return;
    auto answer = answer_to(parser.get(), metrics_);
    auto [broken, written] = co_await http::async_write(stream, answer, asio::as_tuple(asio::use_awaitable));
    boost::system::error_code ignored;
    if (!broken) stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  // Takes a connection off the list, however its coroutine ends.
  struct Leaving {
    std::list<Stream>& streams;
    std::list<Stream>::iterator held;
    ~Leaving() { streams.erase(held); }
  };

  const Limits limits_;
  const ListenAddress address_;
  const tcp::endpoint endpoint_;
  std::string metrics_;
  boost::system::error_code told_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::list<Stream> streams_;  // oldest first
  std::optional<tcp::acceptor> acceptor_;
  std::thread thread_;
};

MetricsServer::MetricsServer(const ListenAddress& address) : MetricsServer(address, Limits{}) {}
MetricsServer::MetricsServer(const ListenAddress& address, const Limits& limits)
    : impl_(std::make_unique<Impl>(address, limits)) {}
MetricsServer::~MetricsServer() = default;

void MetricsServer::show(std::string metrics) { impl_->show(std::move(metrics)); }
std::uint16_t MetricsServer::port() { return impl_->port(); }

}  // namespace gannet::report
