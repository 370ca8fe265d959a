#include "decode/reply_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "decode/bytes.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_literals;

std::string png(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"s + big_endian(width, 4) + big_endian(height, 4) + "\x08\x02\0\0\0crc!"s;
}

Request request() { return {.number = 5, .bytes = 100, .max_pixels = 1'000'000, .max_output = 1 << 20, .orders = {}}; }

Reply good() {
  Reply reply;
  reply.number = 5;
  reply.verdict = Verdict::good;
  reply.width = 640;
  reply.height = 480;
  reply.colour = Colour::rgb;
  return reply;
}

bool passes(const Request& asked, const Reply& reply, std::string_view output = {}) {
  const auto checked = check_reply(asked, reply, output);
  EXPECT_TRUE(checked || checked.error().reason == Reason::decode_crashed);
  return checked.has_value();
}

TEST(ReplyCheck, BelievesWhatFits) {
  EXPECT_TRUE(passes(request(), good()));
  Reply broken = good();
  broken.verdict = Verdict::broken;
  EXPECT_TRUE(passes(request(), broken));
}

TEST(ReplyCheck, RefusesEachValueOutOfItsRange) {
  const std::vector<std::function<void(Reply&)>> lies{
      [](Reply& reply) { reply.number = 6; },
      [](Reply& reply) { reply.verdict = static_cast<Verdict>(17); },
      [](Reply& reply) { reply.width = 0; },
      [](Reply& reply) { reply.height = 0; },
      [](Reply& reply) { reply.width = 0xffffffff; },
      [](Reply& reply) { reply.width = 10'000; },  // more pixels than are allowed
      [](Reply& reply) { reply.frames = 0; },
      [](Reply& reply) { reply.frames = 0xffffffff; },
      [](Reply& reply) { reply.orientation = 0; },
      [](Reply& reply) { reply.orientation = 9; },
      [](Reply& reply) { reply.colour = static_cast<Colour>(200); },
      [](Reply& reply) { reply.alpha = 2; },
      [](Reply& reply) { reply.hashed = 1; },  // nobody asked for it
      [](Reply& reply) {
        reply.image = {10, 1, 1};
      },
      [](Reply& reply) {
        reply.thumbnails[3] = {10, 1, 1};
      },
      [](Reply& reply) { reply.exif_bytes = 10; },
      [](Reply& reply) { reply.exif_bytes = ~std::uint64_t{0}; },
  };
  for (const auto& lie : lies) {
    Reply reply = good();
    lie(reply);
    EXPECT_FALSE(passes(request(), reply, "0123456789")) << &lie - lies.data();
    EXPECT_FALSE(passes(request(), reply)) << &lie - lies.data();
  }
  EXPECT_FALSE(passes(request(), good(), "output that nobody asked for"));
}

TEST(ReplyCheck, BelievesAnImageOnlyWhenItIsWhatTheReplySays) {
  Request asked = request();
  asked.orders.encoding = Encoding::png;
  const std::string image = png(20, 10);
  Reply reply = good();
  EXPECT_FALSE(passes(asked, reply)) << "there is no image";
  reply.encoding = Encoding::png;
  reply.image = {image.size(), 20, 10};
  EXPECT_TRUE(passes(asked, reply, image));
  EXPECT_FALSE(passes(asked, reply, image + "more"));
  EXPECT_FALSE(passes(asked, reply, image.substr(1)));
  reply.image.width = 21;
  EXPECT_FALSE(passes(asked, reply, image)) << "of another size";
  reply.image.width = 20;
  reply.encoding = Encoding::jpeg;
  EXPECT_FALSE(passes(asked, reply, image)) << "not in the format that was asked for";
  reply.encoding = static_cast<Encoding>(77);
  EXPECT_FALSE(passes(asked, reply, image));
  asked.max_output = image.size() - 1;
  reply.encoding = Encoding::png;
  EXPECT_FALSE(passes(asked, reply, image)) << "more than is allowed";
}

TEST(ReplyCheck, BelievesExifOnlyWhenItIsOneObject) {
  Request asked = request();
  asked.orders.exif = true;
  const auto says = [&](std::string_view exif) {
    Reply reply = good();
    reply.exif_bytes = exif.size();
    return passes(asked, reply, exif);
  };
  EXPECT_TRUE(says(R"({"Model":"X"})"));
  EXPECT_FALSE(says(R"(["Model"])"));
  EXPECT_FALSE(says(R"({"Model":"X"},"outcome":"ok")"));
  EXPECT_FALSE(says("{\"Model\":\n\"X\"}")) << "it would end the line of the record";
  EXPECT_FALSE(says("{"));
}

TEST(ReplyCheck, MessagesAreOneLineOfText) {
  Reply reply;
  std::ranges::fill(reply.message, 'x');
  EXPECT_EQ(message_of(reply).size(), most_message);
  std::ranges::copy(std::string_view("bad\n\x1b[31m\xff news\0hidden", 20), reply.message.begin());
  const auto message = message_of(reply);
  EXPECT_EQ(message.find_first_of("\n\x1b"), std::string::npos);
  EXPECT_EQ(message.find("hidden"), std::string::npos);
  EXPECT_EQ(message.find('\xff'), std::string::npos);
}

TEST(ReplyCheck, EveryVerdictIsAReason) {
  Reply reply;
  for (const auto verdict : {Verdict::broken, Verdict::unsupported, Verdict::too_much_output}) {
    reply.verdict = verdict;
    EXPECT_EQ(verdict_of(reply).reason, Reason::decode_failed);
    EXPECT_FALSE(verdict_of(reply).detail.empty());
  }
  reply.verdict = Verdict::too_many_pixels;
  EXPECT_EQ(verdict_of(reply).reason, Reason::too_many_pixels);
}

}  // namespace
}  // namespace gannet::decode
