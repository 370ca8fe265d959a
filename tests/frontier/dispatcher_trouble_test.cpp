// What the dispatcher tells of local trouble, and of the number of connections that it finds.
#include "frontier/fake_pipeline.hpp"

namespace gannet::frontier {
namespace {

using gannet::test::RowList;
using test::FakePipeline;

void answer_with(FakePipeline& pipeline, Reason reason) {
  const std::lock_guard lock(pipeline.mutex);
  pipeline.autopilot = reason;
}

TEST(DispatcherTrouble, IsInTheStatusUntilAProbeComesThrough) {
  FakePipeline pipeline({.tries = 1});
  pipeline.autopilot = Reason::connect_timeout;
  pipeline.add(1, std::make_unique<RowList>(100, 50));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.trouble.has_value(); }));
  EXPECT_EQ(pipeline.now(pipeline.snapshot).state, "running");
  EXPECT_NE(pipeline.now(pipeline.snapshot).trouble->why.find("no host was reached"), std::string::npos);
  EXPECT_LE(pipeline.now(pipeline.snapshot).trouble->next_probe, 1s);
  answer_with(pipeline, Reason::none);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1) && !pipeline.snapshot.trouble; }));
  EXPECT_EQ(pipeline.ended.at(1).totals.of(Outcome::ok), 100u);
}

TEST(DispatcherConnections, AreWhatTheSettingsSayOrWhatIsFound) {
  FakePipeline pipeline({.connections = 1000});
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.in_flight_limit == 1000; }));
  pipeline.dispatcher.apply({.connections = 1000, .auto_connections = true});
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.in_flight_limit == AutoConnections::first; }));
  pipeline.dispatcher.apply({.connections = 7});
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.in_flight_limit == 7; }));
}

TEST(DispatcherConnections, ThatAreFoundAreAllUsed) {
  FakePipeline pipeline({.connections = 1000, .auto_connections = true});
  pipeline.add(1, std::make_unique<RowList>(1000, 1000));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == AutoConnections::first; }));
}

}  // namespace
}  // namespace gannet::frontier
