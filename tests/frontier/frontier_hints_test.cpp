#include "frontier/fake_pipeline.hpp"
#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier::test {
namespace {

class FrontierHints : public FrontierTest {
 protected:
  FrontierHints()
      : FrontierTest([] {
          FrontierSettings few;
          few.connections = 2;
          return few;
        }()) {}

  // The origins that are hinted at now.
  std::vector<std::string> hints() {
    std::vector<std::string> all;
    while (const auto hint = frontier.hint()) all.push_back(hint->origin);
    return all;
  }

  using Origins = std::vector<std::string>;
};

TEST_F(FrontierHints, HostsThatStartAtOnceNeedNone) {
  add("http://a.test");
  add("http://b.test");
  EXPECT_EQ(run().size(), 2u);
  EXPECT_EQ(hints(), Origins{});
}

TEST_F(FrontierHints, HostsThatHaveToWaitAreHintedAtOnceInTheirOrder) {
  for (const char* origin : {"http://a.test", "http://b.test", "http://c.test", "http://d.test"}) add(origin, 3);
  run();
  EXPECT_EQ(hints(), (Origins{"http://c.test", "http://d.test"}));
  EXPECT_EQ(hints(), Origins{});
  add("http://c.test");
  EXPECT_EQ(hints(), Origins{});
}

TEST_F(FrontierHints, TellTheLaneThatWillNeedTheName) {
  for (const char* origin : {"http://a.test", "http://b.test", "http://c.test"}) add(origin);
  auto started = run();
  const auto hint = frontier.hint();
  ASSERT_TRUE(hint);
  end(started[0], Reason::none, 200);
  const auto next = run();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].lane, hint->lane);
}

TEST_F(FrontierHints, AreNotManyAheadOfTheirStart) {
  for (int i = 0; i < 1000; ++i) add("http://" + std::to_string(i) + ".test");
  auto started = run();
  const auto first = hints().size();
  EXPECT_GE(first, 100u);
  EXPECT_LE(first, 500u);
  end(started[0], Reason::none, 200);
  EXPECT_EQ(run().size(), 1u);
  EXPECT_EQ(hints().size(), 1u);
}

TEST_F(FrontierHints, AHostWhoseLinesAreGoneIsNotHintedAt) {
  for (int i = 0; i < 4; ++i) add("http://" + std::to_string(i) + ".test");
  auto started = run();
  for (auto& action : started) end(action, Reason::none, 200);
  run();
  EXPECT_EQ(hints(), Origins{});
}

TEST(DispatcherHints, HostsThatWaitAreToldByName) {
  FrontierSettings settings;
  settings.connections = 1;
  FakePipeline pipeline(settings);
  pipeline.add(1, std::make_unique<gannet::test::RowList>(4, 4));
  EXPECT_TRUE(pipeline.wait([&] { return pipeline.prefetched.size() == 3; }));
  EXPECT_TRUE(pipeline.settled());
  for (const auto& host : pipeline.now(pipeline.prefetched))
    EXPECT_EQ(host.find_first_of(":/"), std::string::npos) << host;
}

}  // namespace
}  // namespace gannet::frontier::test
