#include "frontier/local_trouble.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gannet::frontier {
namespace {

using Sign = LocalTrouble::Sign;
using Standing = LocalTrouble::Standing;

constexpr std::size_t enough = LocalTrouble::least_hosts;

class LocalTroubleTest : public testing::Test {
 protected:
  // An attempt that began so long ago ends now.
  bool end(Standing& host, Sign sign, Duration took = 10s) { return trouble.ended(host, sign, now - took, known, now); }
  void reach(Standing& host) { EXPECT_FALSE(end(host, Sign::reached, 1s)); }

  // So many hosts fail, a while later than whatever was before.
  void fail(std::size_t from, std::size_t count, Sign sign, bool excused = true) {
    now += LocalTrouble::names_linger + 11s;
    for (auto i = from; i < from + count; ++i) EXPECT_EQ(end(hosts[i], sign), excused) << i;
  }

  unsigned probe_until_over(unsigned most) {
    unsigned probes = 0;
    for (; trouble.active() && probes < most; ++probes) {
      now = *trouble.next_probe();
      trouble.probed(now);
    }
    return probes;
  }

  LocalTrouble trouble;
  TimePoint now{1000h};
  LocalTrouble::Hosts known{1000, 1000};
  std::vector<Standing> hosts{1000};
};

class EitherCause : public LocalTroubleTest, public testing::WithParamInterface<Sign> {
 protected:
  void come_through() {
    now += 1s;
    if (GetParam() == Sign::no_name) {
      trouble.names_answered(now, now);
    } else {
      reach(hosts.back());
    }
  }
};

TEST_P(EitherCause, IsTroubleOnceEnoughHostsFailAndNothingComesThrough) {
  come_through();
  fail(0, enough - 1, GetParam());
  EXPECT_FALSE(trouble.active());
  EXPECT_FALSE(trouble.next_probe());
  fail(enough - 1, 1, GetParam());
  EXPECT_TRUE(trouble.active());
  EXPECT_EQ(trouble.next_probe(), now + LocalTrouble::first_probe);
  EXPECT_TRUE(trouble.holds(hosts[500])) << "one that nothing is known of";
  EXPECT_EQ(trouble.take_news().size(), 1u);
}

TEST_P(EitherCause, IsNoTroubleWhileSomethingComesThrough) {
  for (std::size_t host = 0; host < 900; ++host) {
    if (host % 5 == 0) come_through();
    now += 10ms;
    EXPECT_FALSE(end(hosts[host], GetParam())) << "it counts: something came through meanwhile";
  }
  EXPECT_FALSE(trouble.active());
}

TEST_P(EitherCause, IsNoTroubleWhenTheFailuresAreFarApart) {
  for (std::size_t host = 0; host < 100; ++host) {
    now += LocalTrouble::window / 4;
    EXPECT_TRUE(end(hosts[host], GetParam()));
  }
  EXPECT_FALSE(trouble.active());
}

TEST_P(EitherCause, IsNoTroubleOfOneHostHoweverOftenItFails) {
  EXPECT_TRUE(end(hosts[0], GetParam())) << "once it may be ours";
  for (int i = 0; i < 100; ++i) {
    now += 11s;
    EXPECT_FALSE(end(hosts[0], GetParam()));
  }
  EXPECT_FALSE(trouble.active());
}

TEST_P(EitherCause, ExcusesAllAttemptsThatWereUnderWayWhenAHostCameIntoDoubt) {
  EXPECT_TRUE(end(hosts[0], GetParam()));
  EXPECT_TRUE(end(hosts[0], GetParam()));
  now += 5s;
  EXPECT_TRUE(end(hosts[0], GetParam()));
  EXPECT_FALSE(end(hosts[0], GetParam(), 4s)) << "it began later";
}

TEST_P(EitherCause, IsTroubleOfFewHostsWhenAllThatHaveLinesFailAtOnce) {
  known = {3, 0};
  fail(0, 2, GetParam());
  EXPECT_FALSE(trouble.active());
  fail(2, 1, GetParam());
  EXPECT_TRUE(trouble.active());
  EXPECT_EQ(probe_until_over(1000),
            (GetParam() == Sign::no_way ? LocalTrouble::most_probes_of_few : LocalTrouble::most_probes) + 1);
  fail(0, 3, GetParam(), false);
  EXPECT_FALSE(trouble.active());
}

TEST_P(EitherCause, OfFewHostsIsBelievedLongerWhenMoreComeIntoDoubt) {
  known = {2, 0};
  fail(0, 2, GetParam());
  ASSERT_TRUE(trouble.active());
  known = {1000, 0};
  fail(2, enough - 2, GetParam());
  EXPECT_EQ(probe_until_over(1000), LocalTrouble::most_probes + 1);
}

TEST_P(EitherCause, IsNoTroubleOfTheOnlyHost) {
  known = {1, 0};
  EXPECT_FALSE(end(hosts[0], GetParam())) << "nobody can tell";
  EXPECT_FALSE(trouble.active());
}

TEST_F(LocalTroubleTest, IsTroubleOfTheOnlyHostWhenItWorkedAndNoNameServerSaysAnything) {
  known = {1, 1};
  reach(hosts[0]);
  now += 60s;
  EXPECT_TRUE(end(hosts[0], Sign::no_server));
  EXPECT_TRUE(trouble.active());
  EXPECT_TRUE(trouble.holds(hosts[0]));
  now += 60s;
  EXPECT_TRUE(end(hosts[0], Sign::no_server, 1s)) << "a probe";
  trouble.names_answered(now, now);
  EXPECT_FALSE(trouble.active());
}

TEST_F(LocalTroubleTest, OfTheOnlyHostIsBelievedForAnHour) {
  known = {1, 1};
  reach(hosts[0]);
  fail(0, 1, Sign::no_server);
  EXPECT_EQ(probe_until_over(1000), LocalTrouble::most_probes_of_reached + 1);
  fail(0, 1, Sign::no_server, false);
  EXPECT_FALSE(trouble.active());
}

TEST_F(LocalTroubleTest, IsNoTroubleOfTheOnlyHostWhenANameServerCannotTell) {
  known = {1, 1};
  reach(hosts[0]);
  fail(0, 1, Sign::no_name, false);
  EXPECT_FALSE(trouble.active());
}

TEST_F(LocalTroubleTest, IsNoTroubleOfTheOnlyHostThatNeverWorked) {
  known = {1, 0};
  fail(0, 1, Sign::no_server, false);
  EXPECT_FALSE(trouble.active()) << "some name servers drop what they do not like";
}

TEST_P(EitherCause, IsTroubleOfFewHostsWhenAllThatWereReachedFailAtOnce) {
  known = {5, 3};
  for (std::size_t host = 0; host < 3; ++host) reach(hosts[host]);
  fail(0, 2, GetParam());
  EXPECT_TRUE(end(hosts[3], GetParam()));
  EXPECT_FALSE(trouble.active()) << "one that never worked is not one of those";
  EXPECT_TRUE(end(hosts[2], GetParam()));
  EXPECT_TRUE(trouble.active());
}

TEST_P(EitherCause, IsNoTroubleOfTheOnlyHostThatWasReached) {
  known = {5, 1};
  reach(hosts[0]);
  fail(0, 1, GetParam());
  EXPECT_FALSE(trouble.active());
}

TEST_P(EitherCause, IsBelievedForAnHourWhenAllOfFewHostsFailAtOnce) {
  known = {3, 3};
  for (std::size_t host = 0; host < 3; ++host) reach(hosts[host]);
  fail(0, 3, GetParam());
  const auto begin = now;
  EXPECT_EQ(probe_until_over(1000), LocalTrouble::most_probes_of_reached + 1);
  EXPECT_GT(now - begin, 1h);
  EXPECT_LT(now - begin, 2h);
}

TEST_P(EitherCause, EndsWhenSomethingComesThrough) {
  fail(0, enough, GetParam());
  trouble.take_news();
  come_through();
  EXPECT_FALSE(trouble.active());
  EXPECT_FALSE(trouble.next_probe());
  EXPECT_FALSE(trouble.holds(hosts[0]));
  EXPECT_FALSE(trouble.told());
  EXPECT_EQ(trouble.take_news().size(), 1u);
}

TEST_P(EitherCause, ExcusesEveryFailureThatMayComeOfIt) {
  come_through();
  now += 1s;
  const auto before = now;
  fail(0, enough, GetParam());
  for (int times = 0; times < 10; ++times) {
    for (std::size_t host = 0; host < 100; ++host) EXPECT_TRUE(end(hosts[host], GetParam()));
    EXPECT_TRUE(end(hosts[200], Sign::broken_off));
    now += 10s;
  }
  come_through();
  const auto over = now;
  now += 5s;
  EXPECT_TRUE(end(hosts[0], GetParam(), now - over)) << "it began before the end";
  EXPECT_TRUE(end(hosts[200], Sign::broken_off, now - before));
  EXPECT_FALSE(end(hosts[201], Sign::broken_off, 1s));
  now += LocalTrouble::names_linger;
  EXPECT_FALSE(end(hosts[1], GetParam(), 1s));
}

TEST_P(EitherCause, IsNotTroubleAgainForHostsThatFailOnAfterIt) {
  fail(0, 100, GetParam());
  come_through();
  fail(0, 100, GetParam(), false);
  fail(0, 100, GetParam(), false);
  EXPECT_FALSE(trouble.active());
  fail(100, enough, GetParam());
  EXPECT_TRUE(trouble.active()) << "others that fail are";
}

TEST_P(EitherCause, IsTroubleAgainForHostsThatWereReachedMeanwhile) {
  fail(0, enough, GetParam());
  come_through();
  for (std::size_t host = 0; host < enough; ++host) reach(hosts[host]);
  fail(0, enough, GetParam());
  EXPECT_TRUE(trouble.active());
}

TEST_P(EitherCause, IsProbedEverMoreSeldomUpToHalfAMinute) {
  fail(0, enough, GetParam());
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    ASSERT_EQ(trouble.next_probe(), now + wait);
    now = *trouble.next_probe();
    trouble.probed(now);
  }
}

TEST_P(EitherCause, IsNotBelievedForEverWhenNothingEverCameThrough) {
  fail(0, 100, GetParam());
  EXPECT_EQ(probe_until_over(1000), LocalTrouble::most_probes + 1);
  fail(0, 100, GetParam(), false);
  EXPECT_FALSE(trouble.active());
}

TEST_P(EitherCause, IsBelievedForeverWhenManyHostsThatWorkedFailAtOnce) {
  for (std::size_t host = 0; host < 100; ++host) reach(hosts[host]);
  fail(0, 100, GetParam());
  EXPECT_EQ(probe_until_over(1000), 1000u);
}

TEST_P(EitherCause, TellsSinceWhenAndWhy) {
  come_through();
  now += 5s;
  for (std::size_t host = 0; host < enough; ++host) end(hosts[host], GetParam(), 4s);
  const auto told = trouble.told();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->since, now);
  EXPECT_EQ(told->why, GetParam() == Sign::no_name ? "no name was resolved for 5 s, those of 8 hosts failed"
                                                   : "no host was reached for 5 s, connections to 8 hosts failed");
  EXPECT_NE(trouble.take_news().front().find(told->why), std::string::npos);
  EXPECT_TRUE(trouble.take_news().empty());
}

INSTANTIATE_TEST_SUITE_P(Causes, EitherCause, testing::Values(Sign::no_name, Sign::no_way));

TEST_F(LocalTroubleTest, WithNamesAloneLetsHostsThatWorkGoOn) {
  reach(hosts[0]);
  fail(1, enough, Sign::no_name);
  ASSERT_TRUE(trouble.active());
  EXPECT_FALSE(trouble.holds(hosts[0]));
  reach(hosts[0]);
  EXPECT_TRUE(trouble.active()) << "its name was known";
  EXPECT_FALSE(end(hosts[0], Sign::broken_off)) << "that is the host's own";
  EXPECT_TRUE(end(hosts[0], Sign::no_name)) << "now its name must be asked for too";
  EXPECT_TRUE(trouble.holds(hosts[0]));
}

TEST_F(LocalTroubleTest, WithNamesProbesAgainAtOnceWhenTheProbesNameWasKnown) {
  reach(hosts[0]);
  fail(1, enough, Sign::no_name);
  for (int probes = 0; probes < 4; ++probes) {
    now = *trouble.next_probe();
    trouble.probed(now);
  }
  const auto next = *trouble.next_probe();
  reach(hosts[0]);
  EXPECT_EQ(trouble.next_probe(), next) << "that was no probe";
  const auto wait = next - now;
  for (std::size_t host = 500; host < 500 + 2 * LocalTrouble::most_probes; ++host) {
    now += 1s;
    reach(hosts[host]);
    EXPECT_EQ(trouble.next_probe(), now);
    trouble.probed(now);
    EXPECT_EQ(trouble.next_probe(), now + wait) << "as long as before";
  }
  EXPECT_TRUE(trouble.active());
}

TEST_F(LocalTroubleTest, WithNamesTakesEachProbeBackOnceAtMost) {
  fail(0, enough, Sign::no_name);
  now = *trouble.next_probe();
  trouble.probed(now);
  const auto next = trouble.next_probe();
  now += 1ms;
  reach(hosts[500]);
  EXPECT_EQ(trouble.next_probe(), next) << "it was under way before";
  now += 999ms;
  reach(hosts[501]);
  EXPECT_EQ(trouble.next_probe(), now);
  now += 1ms;
  EXPECT_FALSE(trouble.ended(hosts[502], Sign::reached, now - 1001ms, known, now));
  EXPECT_EQ(trouble.next_probe(), now - 1ms) << "it is taken back already";
}

TEST_F(LocalTroubleTest, WithConnectionsHoldsEveryHost) {
  reach(hosts[0]);
  fail(1, enough, Sign::no_way);
  EXPECT_TRUE(trouble.holds(hosts[0]));
  trouble.names_answered(now, now);
  EXPECT_TRUE(trouble.active()) << "a name server near by may well know a name";
}

// What a name server told long ago may be heard late, from another lane.
TEST_F(LocalTroubleTest, IsNotEndedByOldNews) {
  fail(0, enough, Sign::no_name);
  trouble.names_answered(now - 15s, now);
  EXPECT_TRUE(trouble.active());
  trouble.names_answered(now - 5s, now);
  EXPECT_FALSE(trouble.active()) << "that was after the attempts had begun";
}

// It was asked for ahead, and that failed.
TEST_F(LocalTroubleTest, ExcusesWhatIsStillHeardOfItAfterItsEnd) {
  fail(0, enough, Sign::no_name);
  now += 1s;
  trouble.names_answered(now, now);
  now += 1s;
  EXPECT_TRUE(end(hosts[500], Sign::no_name, 10ms));
  EXPECT_TRUE(end(hosts[500], Sign::no_name, 10ms));
  EXPECT_FALSE(end(hosts[500], Sign::broken_off, 10ms));
}

TEST_F(LocalTroubleTest, OfBothKindsEndsWithBoth) {
  fail(0, enough, Sign::no_name);
  fail(enough, enough, Sign::no_way);
  EXPECT_NE(trouble.told()->why.find("; "), std::string::npos);
  now += 1s;
  reach(hosts[100]);
  EXPECT_TRUE(trouble.active());
  EXPECT_FALSE(trouble.holds(hosts[100]));
  trouble.names_answered(now, now);
  EXPECT_FALSE(trouble.active());
  EXPECT_EQ(trouble.take_news().size(), 4u);
}

TEST_F(LocalTroubleTest, HearsNothingInWhatSaysNothing) {
  EXPECT_FALSE(end(hosts[0], Sign::nothing));
  EXPECT_FALSE(end(hosts[0], Sign::broken_off));
  EXPECT_FALSE(hosts[0].doubted);
  EXPECT_FALSE(hosts[0].worked);
}

TEST_F(LocalTroubleTest, IsToldByRefusalsOfHostsThatWorked) {
  for (std::size_t host = 0; host < enough; ++host) reach(hosts[host]);
  fail(0, enough, Sign::refused);
  EXPECT_TRUE(trouble.active()) << "such as a firewall that says no to everything";
  EXPECT_FALSE(end(hosts[500], Sign::refused)) << "nobody knows whether it is there";
  EXPECT_TRUE(trouble.active());
  reach(hosts[1]);
  EXPECT_FALSE(trouble.active());
}

TEST_F(LocalTroubleTest, IsNotToldByHostsThatRefuseAsEver) {
  fail(0, 100, Sign::refused, false);
  EXPECT_FALSE(trouble.active());
  EXPECT_FALSE(hosts[0].worked);
}

TEST(SignOf, TellsAnAnswerFromNone) {
  Record record;
  const auto sign = [&](Reason reason) {
    record.reason = reason;
    return sign_of(record);
  };
  EXPECT_EQ(sign(Reason::none), Sign::reached);
  EXPECT_EQ(sign(Reason::http_status), Sign::reached);
  EXPECT_EQ(sign(Reason::tls_certificate), Sign::reached);
  EXPECT_EQ(sign(Reason::connect_refused), Sign::refused);
  EXPECT_EQ(sign(Reason::dns_failed), Sign::no_name);
  EXPECT_EQ(sign(Reason::connect_timeout), Sign::no_way);
  EXPECT_EQ(sign(Reason::connect_failed), Sign::no_way);
  EXPECT_EQ(sign(Reason::first_byte_timeout), Sign::broken_off);
  EXPECT_EQ(sign(Reason::total_timeout), Sign::broken_off) << "perhaps while resolving the name";
  EXPECT_EQ(sign(Reason::dns_not_found), Sign::nothing);
  EXPECT_EQ(sign(Reason::cancelled), Sign::nothing);
  record.of_silence = true;
  EXPECT_EQ(sign(Reason::dns_failed), Sign::no_server);
  record.of_proxy = true;
  EXPECT_EQ(sign(Reason::connect_refused), Sign::no_way) << "all hosts are behind a proxy that is not there";
}

}  // namespace
}  // namespace gannet::frontier
