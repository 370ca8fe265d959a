#include "inbox/candidates.hpp"

#include <gtest/gtest.h>

namespace gannet::inbox {
namespace {

const TimePoint start{1000s};

InboxFile file(std::string name, Priority priority = Priority::normal) { return {priority, std::move(name)}; }

Sighting changed_at(int second) {
  Sighting sighting;
  sighting.state.changed = decltype(FileState::changed)(seconds(second));
  return sighting;
}

TEST(Candidates, DueComeInTheOrderOfTheirTime) {
  Candidates candidates;
  candidates.wait(file("late"), {}, start + 2s);
  candidates.wait(file("early"), {}, start + 1s);
  EXPECT_EQ(candidates.next_due(), start + 1s);
  EXPECT_EQ(candidates.due(start), std::nullopt);
  EXPECT_EQ(candidates.due(start + 5s), file("early"));
  candidates.wait(file("early"), {}, start + 3s);  // to be looked at again
  EXPECT_EQ(candidates.due(start + 5s), file("late"));
  candidates.forget(file("late"));
  EXPECT_EQ(candidates.due(start + 5s), file("early"));
}

TEST(Candidates, UrgentBeforeNormalBeforeBulkThenOldestFirst) {
  Candidates candidates;
  candidates.ready(file("a", Priority::bulk), changed_at(1));
  candidates.ready(file("a"), changed_at(5));
  candidates.ready(file("b"), changed_at(4));
  candidates.ready(file("z", Priority::urgent), changed_at(9));
  for (const auto& expected : {file("z", Priority::urgent), file("b"), file("a"), file("a", Priority::bulk)}) {
    EXPECT_EQ(candidates.best(), expected);
    candidates.forget(expected);
  }
  EXPECT_EQ(candidates.best(), std::nullopt);
}

TEST(Candidates, FileIsEitherWaitingOrReady) {
  Candidates candidates;
  candidates.wait(file("a"), changed_at(1), start);
  candidates.ready(file("a"), changed_at(2));
  EXPECT_EQ(candidates.next_due(), std::nullopt);
  candidates.wait(file("a"), changed_at(3), start);
  EXPECT_EQ(candidates.best(), std::nullopt);
  EXPECT_EQ(candidates.count(Priority::normal), 1u);
  EXPECT_EQ(*candidates.find(file("a")), changed_at(3));
}

TEST(Candidates, HeldIsInNoOrderUntilItIsForgotten) {
  Candidates candidates;
  candidates.block(file("a"), "why");
  candidates.ready(file("a"), {});
  candidates.hold(file("a"));
  EXPECT_TRUE(candidates.is_held(file("a")));
  EXPECT_FALSE(candidates.is_held(file("b")));
  EXPECT_FALSE(candidates.best());
  EXPECT_FALSE(candidates.next_due());
  EXPECT_FALSE(candidates.block(file("a"), "why")) << "it was blocked before";
  candidates.forget(file("a"));
  EXPECT_TRUE(candidates.blocked().empty());
}

TEST(Candidates, HeldIsNotRetriedWithTheBlocked) {
  Candidates candidates;
  candidates.block(file("a"), "why");
  candidates.hold(file("a"));
  candidates.retry_blocked(start);
  EXPECT_TRUE(candidates.is_held(file("a")));
  EXPECT_FALSE(candidates.next_due());
}

TEST(Candidates, HeldNoMoreWhenAnotherComesByItsName) {
  Candidates candidates;
  candidates.hold(file("a"));
  candidates.wait(file("a"), {}, start);
  EXPECT_FALSE(candidates.is_held(file("a")));
  candidates.hold(file("b"));
  candidates.ready(file("b"), {});
  EXPECT_FALSE(candidates.is_held(file("b")));
}

TEST(Candidates, BlockedAreLeftAloneUntilRetriedAndStayListed) {
  Candidates candidates;
  candidates.ready(file("a"), {});
  EXPECT_TRUE(candidates.block(file("a"), "no"));
  EXPECT_EQ(candidates.best(), std::nullopt);
  EXPECT_EQ(candidates.due(start + 1h), std::nullopt);
  candidates.retry_blocked(start);
  EXPECT_EQ(candidates.due(start), file("a"));
  EXPECT_FALSE(candidates.block(file("a"), "still no"));
  EXPECT_EQ(candidates.due(start), std::nullopt);
  EXPECT_EQ(candidates.blocked().at(file("a")), "still no");
  candidates.forget(file("a"));
  EXPECT_TRUE(candidates.blocked().empty());
  EXPECT_EQ(candidates.count(Priority::normal), 0u);
}

TEST(Candidates, BlockedFileCannotHoldUpOthers) {
  Candidates candidates;
  candidates.block(file("a", Priority::urgent), "no");
  candidates.ready(file("a", Priority::urgent), changed_at(1));
  candidates.ready(file("b", Priority::bulk), changed_at(2));
  EXPECT_EQ(candidates.best(), file("b", Priority::bulk));
  candidates.forget(file("b", Priority::bulk));
  EXPECT_EQ(candidates.best(), file("a", Priority::urgent));
}

}  // namespace
}  // namespace gannet::inbox
