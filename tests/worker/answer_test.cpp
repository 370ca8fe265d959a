#include <cstring>
#include <filesystem>
#include <fstream>

#include "codecs.hpp"
#include "worker/samples.hpp"

namespace gannet::worker {
namespace {

using decode::Format;
using decode::Orders;
using decode::Reply;
using decode::Verdict;

class Answer : public Codecs {
 protected:
  Reply answer_to(Format format, std::string_view bytes, Orders orders = {}) {
    return answer(request_for(format, bytes, orders), bytes, made);
  }

  static std::string sample(Format format) {
    for (const Sample& sample : samples()) {
      if (sample.format == format) return sample.bytes;
    }
    return {};
  }

  Parts made;
};

// A thread that is idle in the fork server would be waited for by workers, which do not have it.
TEST_F(Answer, LoadingTheCodecsLeavesNoThreadBehind) {
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::ifstream(thread.path() / "comm") >> name;
    EXPECT_EQ(name, "worker_test");  // as all that nobody gave another name
  }
}

TEST_F(Answer, EveryFormatIsDecoded) {
  for (const Sample& sample : samples()) {
    Orders orders;
    orders.svg = true;
    const Reply reply = answer_to(sample.format, sample.bytes, orders);
    EXPECT_EQ(reply.verdict, Verdict::good) << decode::name(sample.format) << ": " << reply.message.data();
    EXPECT_EQ(reply.number, 7u);
    EXPECT_EQ(reply.width, reply.height);
    EXPECT_GT(reply.width, 0u);
    EXPECT_STREQ(reply.message.data(), "");
  }
}

TEST_F(Answer, TheFormatIsWhatTheDaemonSaysAndNotGuessed) {
  const std::string png = sample(Format::png);
  for (const Sample& other : samples()) {
    if (other.format == Format::png || other.format == Format::svg) continue;
    const Reply reply = answer_to(other.format, png);
    EXPECT_NE(reply.verdict, Verdict::good) << decode::name(other.format);
    EXPECT_STRNE(reply.message.data(), "");
  }
}

TEST_F(Answer, NothingIsNoImage) {
  for (const Sample& sample : samples()) {
    if (sample.format == Format::svg) continue;
    EXPECT_EQ(answer_to(sample.format, "").verdict, Verdict::broken) << decode::name(sample.format);
  }
}

TEST_F(Answer, ADrawingIsNotLookedAtUnlessAsked) {
  const Reply unseen = answer_to(Format::svg, "<svg xmlns='http://www.w3.org/2000/svg' width='7' height='5'><broken");
  EXPECT_EQ(unseen.verdict, Verdict::good);
  EXPECT_EQ(unseen.width, 7u);
  EXPECT_EQ(unseen.height, 5u);
}

TEST_F(Answer, AMessageIsOneLineThatEnds) {
  const Reply reply = answer_to(Format::png, std::string("\x89PNG\r\n\x1a\n") + std::string(4000, '\n'));
  EXPECT_EQ(reply.verdict, Verdict::broken);
  EXPECT_EQ(reply.message.back(), '\0');
  EXPECT_EQ(std::strchr(reply.message.data(), '\n'), nullptr);
  EXPECT_GT(std::strlen(reply.message.data()), 5u);
}

TEST_F(Answer, PixelsAreCountedBeforeTheyAreDecoded) {
  const std::string png = sample(Format::png);
  decode::Request request = request_for(Format::png, png);
  request.max_pixels = 15;  // it has 16
  EXPECT_EQ(answer(request, png, made).verdict, Verdict::too_many_pixels);
  request.max_pixels = 16;
  EXPECT_EQ(answer(request, png, made).verdict, Verdict::good);
  request.max_pixels = 0;
  EXPECT_EQ(answer(request, png, made).verdict, Verdict::good);
}

TEST_F(Answer, WhatIsMadeComesInTheOrderOfTheReply) {
  Orders orders;
  orders.resize = decode::ResizeMode::border;
  orders.size = 20;
  orders.encoding = decode::Encoding::png;
  orders.thumbnails = {3, 2};
  const std::string png = sample(Format::png);
  const Reply reply = answer_to(Format::png, png, orders);
  ASSERT_EQ(reply.verdict, Verdict::good) << reply.message.data();
  ASSERT_EQ(made.parts.size(), 3u);
  EXPECT_TRUE(made.parts[0].starts_with("\x89PNG"));
  EXPECT_TRUE(made.parts[1].starts_with("\xff\xd8"));
  EXPECT_EQ(reply.image.bytes, made.parts[0].size());
  EXPECT_EQ(reply.encoding, decode::Encoding::png);
  EXPECT_EQ(reply.image.width, 20u);
  EXPECT_EQ(reply.thumbnails[0].bytes, made.parts[1].size());
  EXPECT_EQ(reply.thumbnails[0].width, 3u);
  EXPECT_EQ(reply.thumbnails[1].width, 2u);
  EXPECT_EQ(reply.thumbnails[2].bytes, 0u);
}

TEST_F(Answer, OutputThatIsNotTakenEndsIt) {
  Orders orders;
  orders.thumbnails = {3, 2};
  made.most = 1;
  EXPECT_EQ(answer_to(Format::png, sample(Format::png), orders).verdict, Verdict::too_much_output);
  decode::Request request = request_for(Format::png, sample(Format::png), orders);
  request.max_output = 10;
  Parts none;
  EXPECT_EQ(answer(request, sample(Format::png), none).verdict, Verdict::too_much_output);
  EXPECT_TRUE(none.parts.empty());
}

TEST_F(Answer, OneImageAfterTheOtherIsAnsweredAlike) {
  for (int i = 0; i < 50; ++i) {
    for (const Sample& sample : samples()) {
      EXPECT_EQ(answer_to(sample.format, sample.bytes).verdict, Verdict::good);
      EXPECT_NE(answer_to(sample.format, sample.bytes.substr(0, sample.bytes.size() / 2)).verdict, Verdict::good)
          << decode::name(sample.format);
      if (sample.format == Format::ico) break;  // what comes behind may be a drawing, which is not looked at
    }
  }
}

}  // namespace
}  // namespace gannet::worker
