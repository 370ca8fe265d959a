// Codecs that are loaded once, and requests for tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "worker/picture.hpp"

namespace gannet::worker {

class Codecs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool loaded = load_codecs();
    ASSERT_TRUE(loaded);
  }
};

struct Parts final : Output {
  bool write(std::span<const char> part) override {
    parts.emplace_back(part.data(), part.size());
    return parts.size() <= most;
  }

  std::vector<std::string> parts;
  std::size_t most = 100;
};

inline decode::Request request_for(decode::Format format, std::string_view bytes, decode::Orders orders = {}) {
  decode::Request request;
  request.number = 7;
  request.format = format;
  request.bytes = bytes.size();
  request.max_pixels = 1'000'000;
  request.max_output = 1'000'000;
  request.orders = orders;
  return request;
}

}  // namespace gannet::worker
