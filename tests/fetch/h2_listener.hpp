// A request that remembers what happened to it, and a session with a peer that the test speaks for.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>

#include "fetch/h2_peer.hpp"
#include "fetch/h2_session.hpp"

namespace gannet::fetch {

struct Listener final : H2Stream {
  void on_sent() override { sent = true; }
  void on_field(std::string_view name, std::string_view value) override { fields.emplace(name, value); }
  bool on_head(unsigned code) override {
    status = code;
    return wants_body;
  }
  bool on_data(std::string_view bytes) override {
    body += bytes;
    return body.size() < enough;
  }
  void on_end() override { ended = true; }
  void on_failed(Fault why, Again how) override {
    EXPECT_FALSE(ended);
    EXPECT_FALSE(failed);
    failed = true;
    fault = std::move(why);
    again = how;
  }

  bool sent = false;
  std::multimap<std::string, std::string> fields;
  unsigned status = 0;
  std::string body;
  bool ended = false;
  bool failed = false;
  Fault fault;
  Again again = Again::no;
  bool wants_body = true;
  std::size_t enough = SIZE_MAX;
  std::int32_t id = 0;
};

class H2SessionTest : public testing::Test {
 protected:
  static Request request(std::string target) {
    Request made;
    made.secure = true;
    made.authority = "example.org";
    made.target = std::move(target);
    made.fields = {{"User-Agent", "gannet"}};
    return made;
  }

  Listener& ask(std::string target = "/a") {
    auto& listener = *listeners.emplace_back(std::make_unique<Listener>());
    listener.id = session->submit(request(std::move(target)), listener);
    sent();
    return listener;
  }

  /// What the session has sent since the last call.
  std::vector<h2::Sent> sent() {
    std::string bytes;
    (void)session->output(bytes);
    auto frames = h2::frames_of(bytes);
    all_sent.insert(all_sent.end(), frames.begin(), frames.end());
    return frames;
  }

  std::optional<h2::Sent> sent_of(h2::Type type) {
    sent();
    for (auto frame = all_sent.rbegin(); frame != all_sent.rend(); ++frame) {
      if (frame->type == type) return *frame;
    }
    return std::nullopt;
  }

  /// The fault's reason and detail, or "ok".
  std::string feed(const std::string& bytes) {
    const auto fed = session->feed(bytes);
    return fed ? "ok" : std::string(to_string(fed.error().reason)) + ": " + fed.error().detail;
  }

  void start(ByteCount max_headers = 300 << 10) {
    session.emplace(max_headers);
    EXPECT_EQ(feed(h2::frame(h2::settings, h2::none, 0)), "ok");
  }

  void SetUp() override { start(); }

  std::optional<H2Session> session;
  std::vector<std::unique_ptr<Listener>> listeners;
  std::vector<h2::Sent> all_sent;
};

}  // namespace gannet::fetch
