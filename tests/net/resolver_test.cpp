#include "net/resolver.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "net/ares_channel.hpp"
#include "net/dns_server.hpp"
#include "net/run.hpp"

namespace gannet::net {
namespace {

using boost::asio::ip::make_address;

std::ptrdiff_t open_sockets() {
  return std::ranges::count_if(std::filesystem::directory_iterator("/proc/self/fd"), [](const auto& entry) {
    std::error_code closed_meanwhile;
    return std::filesystem::read_symlink(entry.path(), closed_meanwhile).string().starts_with("socket:");
  });
}

class ResolverTest : public testing::Test {
 protected:
  Result<Addresses> resolve(const std::string& name) { return run(io, resolver->resolve(name)); }

  // The one address of a name, as text.
  std::string address_of(const std::string& name) {
    const auto found = resolve(name);
    return found && found->size() == 1 ? found->front().to_string() : "not one address";
  }

  DnsServer dns{{{"four.test", {{"198.51.100.7"}}},
                 {"six.test", {{"2001:db8::7"}}},
                 {"both.test", {{"198.51.100.7", "198.51.100.8", "2001:db8::7"}}},
                 {"twice.test", {{"198.51.100.7", "198.51.100.7"}}},
                 {"empty.test", {}},
                 {"broken.test", {{}, 2}},
                 {"silent.test", {{}, 0, true}},
                 {"refused.test", {{}, 5}},
                 {"six-silent.test", {{"198.51.100.7"}, 0, true, true}},
                 {"six-broken.test", {{"198.51.100.7"}, 2, false, true}},
                 {"six-missing.test", {{"198.51.100.7"}, 3, false, true}},
                 {"lossy.test", {{"198.51.100.7"}, 0, false, false, 2}}}};
  boost::asio::io_context io;
  std::unique_ptr<Resolver> resolver = make_resolver(io, {dns.address()}, 5s, 256);
};

TEST_F(ResolverTest, AddressesSpelledOutAreReturnedAsTheyAre) {
  EXPECT_EQ(address_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(address_of("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(dns.questions("192.0.2.1"), 0u);
}

TEST_F(ResolverTest, HostsFileIsHeard) {
  const auto found = resolve("localhost");
  ASSERT_EQ(verdict(found), "ok");
  for (const auto& address : *found) EXPECT_TRUE(address.is_loopback()) << address;
  EXPECT_EQ(dns.questions("localhost"), 0u);
}

TEST_F(ResolverTest, BothFamiliesAreAskedFor) {
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  EXPECT_EQ(address_of("six.test"), "2001:db8::7");
  const auto found = resolve("both.test");
  ASSERT_EQ(verdict(found), "ok");
  EXPECT_EQ(found->size(), 3u);
  for (const char* each : {"198.51.100.7", "198.51.100.8", "2001:db8::7"}) {
    EXPECT_EQ(std::ranges::count(*found, make_address(each)), 1) << each;
  }
}

TEST_F(ResolverTest, AnAddressToldTwiceIsOne) { EXPECT_EQ(address_of("twice.test"), "198.51.100.7"); }

TEST_F(ResolverTest, MissingNamesAndNamesWithoutAddressAreNotFound) {
  EXPECT_EQ(verdict(resolve("nothing.test")), "dns_not_found");
  EXPECT_EQ(verdict(resolve("empty.test")), "dns_not_found");
}

TEST_F(ResolverTest, NamesThatCannotBeAskedForAreNotFound) {
  EXPECT_EQ(verdict(resolve(std::string(70, 'a') + ".test")), "dns_not_found");
  EXPECT_EQ(verdict(resolve("a..test")), "dns_not_found");
}

TEST_F(ResolverTest, ServerFailureAndSilenceAreFailures) {
  EXPECT_EQ(verdict(resolve("broken.test")), "dns_failed");
  resolver = make_resolver(io, {dns.address()}, 20ms, 256);
  EXPECT_EQ(verdict(resolve("silent.test")), "dns_failed");
}

TEST_F(ResolverTest, AQuestionThatIsLostIsSentAgainWithinItsTimeout) {
  DnsServer second{{{"lossy.test", {{"203.0.113.9"}}}}};
  resolver = make_resolver(io, {dns.address(), second.address()}, 1s, 256);
  EXPECT_EQ(address_of("lossy.test"), "198.51.100.7");
  EXPECT_EQ(dns.questions("lossy.test"), 3u);
  EXPECT_EQ(second.questions("lossy.test"), 0u) << "the first server was not silent for its timeout";
}

TEST_F(ResolverTest, EachAskerWaitsOnlyAsLongAsItMay) {
  resolver = make_resolver(io, {dns.address()}, 1h, 256);
  auto patient = start(io, resolver->resolve("silent.test"));
  EXPECT_EQ(verdict(run(io, resolver->resolve("silent.test", Clock::now()))), "total_timeout");
  EXPECT_FALSE(patient->has_value());
  resolver->shut_down();
  EXPECT_EQ(verdict(finish(io, patient)), "cancelled");
}

TEST_F(ResolverTest, OneQuestionForManyAskers) {
  std::vector<std::shared_ptr<std::optional<Result<Addresses>>>> askers;
  for (int i = 0; i < 50; ++i) askers.push_back(start(io, resolver->resolve("four.test")));
  for (const auto& asker : askers) EXPECT_EQ(verdict(finish(io, asker)), "ok");
  EXPECT_EQ(dns.questions("four.test"), 1u);
}

TEST_F(ResolverTest, AnswersAreKept) {
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  EXPECT_EQ(dns.questions("four.test"), 1u);
}

TEST_F(ResolverTest, FailuresAreKept) {
  for (const char* name : {"nothing.test", "broken.test"}) {
    const auto first = resolve(name);
    const auto asked = dns.questions(name);
    EXPECT_EQ(verdict(resolve(name)), verdict(first));
    EXPECT_EQ(dns.questions(name), asked) << name;
  }
}

TEST_F(ResolverTest, TellsWhenANameServerLastKnewAName) {
  EXPECT_EQ(resolver->last_answer(), TimePoint{});
  for (const char* name : {"broken.test", "refused.test", "nothing.test", "a..test", "192.0.2.1", "localhost"}) {
    resolve(name);
    EXPECT_EQ(resolver->last_answer(), TimePoint{}) << name;
  }
  const auto asked = Clock::now();
  resolve("four.test");
  const auto told = resolver->last_answer();
  EXPECT_GE(told, asked);
  resolve("four.test");
  EXPECT_EQ(resolver->last_answer(), told) << "that was known already";
}

TEST_F(ResolverTest, ManyNamesAtOnce) {
  auto four = start(io, resolver->resolve("four.test"));
  auto nothing = start(io, resolver->resolve("nothing.test"));
  auto six = start(io, resolver->resolve("six.test"));
  EXPECT_EQ(verdict(finish(io, six)), "ok");
  EXPECT_EQ(verdict(finish(io, nothing)), "dns_not_found");
  EXPECT_EQ(verdict(finish(io, four)), "ok");
}

TEST_F(ResolverTest, ShutDownEndsAllQuestionsRunningAndToCome) {
  resolver = make_resolver(io, {dns.address()}, 1h, 256);
  auto first = start(io, resolver->resolve("silent.test"));
  auto second = start(io, resolver->resolve("silent.test"));
  io.poll();
  ASSERT_FALSE(first->has_value() || second->has_value());
  resolver->shut_down();
  EXPECT_EQ(verdict(finish(io, first)), "cancelled");
  EXPECT_EQ(verdict(finish(io, second)), "cancelled");
  EXPECT_EQ(verdict(resolve("four.test")), "cancelled");
}

TEST_F(ResolverTest, NothingIsWaitedForAfterShutDown) {
  resolver = make_resolver(io, {dns.address()}, 1h, 256);
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  resolver->shut_down();
  io.restart();
  io.run_for(30s);
  EXPECT_TRUE(io.stopped());
}

TEST_F(ResolverTest, CanBeDestroyedWithQuestionsRunning) {
  auto waiting = start(io, resolver->resolve("silent.test"));
  io.poll();
  resolver.reset();
  io.restart();
  io.poll();
  EXPECT_TRUE(waiting->has_value());
}

TEST_F(ResolverTest, OneFamilyThatFailsOrKeepsSilentNeitherFailsNorStallsTheName) {
  resolver = make_resolver(io, {dns.address()}, 1h, 256);
  for (const char* name : {"six-silent.test", "six-broken.test", "six-missing.test"}) {
    EXPECT_EQ(address_of(name), "198.51.100.7") << name;
    EXPECT_EQ(address_of(name), "198.51.100.7") << name << " from memory";
    EXPECT_EQ(dns.questions(name), 1u) << name;
  }
}

TEST_F(ResolverTest, RefusedIsAFailure) { EXPECT_EQ(verdict(resolve("refused.test")), "dns_failed"); }

TEST_F(ResolverTest, NamesAreWhatTheySayWhateverDomainThisMachineIsIn) {
  ::setenv("LOCALDOMAIN", "test", 1);
  resolver = make_resolver(io, {dns.address()}, 5s, 256);
  ::unsetenv("LOCALDOMAIN");
  EXPECT_EQ(verdict(resolve("four")), "dns_not_found");
  EXPECT_EQ(dns.questions("four.test"), 0u);
}

TEST_F(ResolverTest, NamesBeyondTheLimitWaitForTheirTurn) {
  resolver = make_resolver(io, {dns.address()}, 50ms, 1);
  auto silent = start(io, resolver->resolve("silent.test"));
  auto four = start(io, resolver->resolve("four.test"));
  auto six = start(io, resolver->resolve("six.test"));
  EXPECT_EQ(verdict(finish(io, four)), "ok");
  ASSERT_TRUE(silent->has_value());
  EXPECT_EQ(verdict(**silent), "dns_failed");
  EXPECT_EQ(verdict(finish(io, six)), "ok");
}

TEST_F(ResolverTest, ANameThatNobodyAnswersForLeavesItsTurnToOthers) {
  resolver = make_resolver(io, {dns.address()}, 1h, 1);
  const auto silent = start(io, resolver->resolve("silent.test"));
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  EXPECT_EQ(address_of("six.test"), "2001:db8::7");
  EXPECT_FALSE(silent->has_value()) << "it is still waited for";
}

class HeldAnswers : public ResolverTest {
 protected:
  static std::map<std::string, DnsServer::Name> all_held() {
    std::map<std::string, DnsServer::Name> names{{"silent.test", {{}, 0, true}},
                                                 {"both.test", {{"198.51.100.7", "2001:db8::7"}}}};
    for (int i = 0; i < 30; ++i) names["held" + std::to_string(i) + ".test"] = {{"198.51.100.7"}};
    for (auto& [name, said] : names) said.held = !said.silent;
    return names;
  }

  auto resolve_held(int which) { return start(io, resolver->resolve("held" + std::to_string(which) + ".test")); }

  void hear(milliseconds time) {
    io.restart();
    io.run_for(time);
  }

  void wait_for_questions(std::size_t count) {
    for (const auto give_up = Clock::now() + 10s; slow.held() < count && Clock::now() < give_up;) hear(1ms);
    ASSERT_GE(slow.held(), count);
  }

  DnsServer slow{all_held()};
};

TEST_F(HeldAnswers, AServerThatIsSlowIsNotAskedForMoreAtOnce) {
  resolver = make_resolver(io, {slow.address()}, 1h, 4);
  std::vector<std::shared_ptr<std::optional<Result<Addresses>>>> askers;
  for (int i = 0; i < 30; ++i) askers.push_back(resolve_held(i));
  wait_for_questions(8);
  for (int answers = 0; answers < 14; ++answers) {
    slow.let_go();
    hear(100ms);
    ASSERT_LE(slow.held(), 8u) << "two for each name";
  }
  EXPECT_EQ(std::ranges::count_if(askers, [](const auto& asker) { return asker->has_value(); }), 7);
}

TEST_F(HeldAnswers, ANameThatOthersOvertakeLeavesItsTurnToThem) {
  resolver = make_resolver(io, {slow.address()}, 1h, 2);
  const auto silent = start(io, resolver->resolve("silent.test"));
  for (int i = 0; i < 30; ++i) resolve_held(i);
  wait_for_questions(2);
  for (int answers = 0; answers < 30 && slow.held() <= 2; ++answers) {
    wait_for_questions(1);
    slow.let_go();
    hear(100ms);
  }
  wait_for_questions(4);
  EXPECT_FALSE(silent->has_value()) << "it is still waited for";
}

TEST_F(HeldAnswers, WhatIsAskedAheadAndNobodyWaitsForKeepsItsTurn) {
  resolver = make_resolver(io, {slow.address()}, 1h, 2);
  resolver->prefetch("silent.test");
  resolver->prefetch("held0.test");
  hear(700ms);
  EXPECT_EQ(slow.held(), 0u);
  const auto wanted = resolve_held(1);
  wait_for_questions(2);
}

TEST_F(HeldAnswers, WhatIsStillToComeOfANameIsNotDroppedWhereThatMakesNoRoom) {
  resolver = make_resolver(io, {slow.address()}, 1h, 1);
  const auto late = start(io, resolver->resolve("both.test"));
  const auto second = resolve_held(1);
  const auto third = resolve_held(2);
  wait_for_questions(4);
  slow.let_go(1);
  EXPECT_EQ(finish(io, late)->size(), 1u);
  slow.let_go(0);  // the other family
  hear(10ms);
  EXPECT_EQ(resolve("both.test")->size(), 2u);
}

// c-ares says at once that a name below .onion does not exist (RFC 7686).
TEST_F(ResolverTest, ThousandsThatWaitedAndEndAtOnceDoNotEndOneWithinTheOther) {
  resolver = make_resolver(io, {dns.address()}, 50ms, 1);
  auto silent = start(io, resolver->resolve("silent.test"));
  std::vector<decltype(silent)> waiting;
  for (int i = 0; i < 20'000; ++i) waiting.push_back(start(io, resolver->resolve(std::to_string(i) + ".onion")));
  auto four = start(io, resolver->resolve("four.test"));
  EXPECT_EQ(verdict(finish(io, four)), "ok");
  for (auto& one : waiting) EXPECT_EQ(verdict(finish(io, one)), "dns_not_found");
}

TEST_F(ResolverTest, AFamilyThatKeepsSilentTakesNobodysTurn) {
  resolver = make_resolver(io, {dns.address()}, 1h, 1);
  EXPECT_EQ(address_of("six-silent.test"), "198.51.100.7");
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
}

// Each name that questions are open about has a socket of its own.
TEST_F(ResolverTest, QuestionsNobodyWaitsForDoNotPileUp) {
  std::map<std::string, DnsServer::Name> names;
  for (int i = 0; i < 40; ++i) names["half" + std::to_string(i) + ".test"] = {{"198.51.100.7"}, 0, true, true};
  DnsServer half{names};
  resolver = make_resolver(io, {half.address()}, 1h, 3);
  const auto before = open_sockets();
  for (const auto& [name, said] : names) {
    EXPECT_EQ(address_of(name), "198.51.100.7");
    EXPECT_LE(open_sockets(), before + 3);
  }
  EXPECT_EQ(open_sockets(), before + 3) << "the other family is heard as long as there is room";
}

TEST_F(ResolverTest, WhoGaveUpWaitingForATurnIsNotAskedFor) {
  resolver = make_resolver(io, {dns.address()}, 50ms, 1);
  auto silent = start(io, resolver->resolve("silent.test"));
  EXPECT_EQ(verdict(run(io, resolver->resolve("four.test", Clock::now()))), "total_timeout");
  EXPECT_EQ(verdict(finish(io, silent)), "dns_failed");
  EXPECT_EQ(address_of("six.test"), "2001:db8::7");
  EXPECT_EQ(dns.questions("four.test"), 0u);
}

TEST_F(ResolverTest, ShutDownEndsThoseWhoWaitForTheirTurn) {
  resolver = make_resolver(io, {dns.address()}, 1h, 1);
  auto silent = start(io, resolver->resolve("silent.test"));
  auto waiting = start(io, resolver->resolve("four.test"));
  io.poll();
  resolver->shut_down();
  EXPECT_EQ(verdict(finish(io, silent)), "cancelled");
  EXPECT_EQ(verdict(finish(io, waiting)), "cancelled");
}

TEST_F(ResolverTest, ADeadServerCostsOneQuestionItsPatienceAndNotEveryOne) {
  DnsServer dead{{{"four.test", {{}, 0, true}}, {"six.test", {{}, 0, true}}, {"both.test", {{}, 0, true}}}};
  resolver = make_resolver(io, {dead.address(), dns.address()}, 50ms, 256);
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  EXPECT_EQ(dead.questions("four.test"), 3u) << "one question, sent three times while it has patience";
  EXPECT_EQ(address_of("six.test"), "2001:db8::7");
  EXPECT_EQ(verdict(resolve("both.test")), "ok");
  EXPECT_EQ(dead.questions("six.test") + dead.questions("both.test"), 0u);
}

TEST_F(ResolverTest, AServerThatRefusesIsNotTheLastWord) {
  DnsServer refusing{{{"four.test", {{}, 5}}, {"six.test", {{}, 2}}}};
  resolver = make_resolver(io, {refusing.address(), dns.address()}, 1h, 256);
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  EXPECT_EQ(address_of("six.test"), "2001:db8::7");
  EXPECT_EQ(verdict(resolve("nothing.test")), "dns_not_found");
  EXPECT_EQ(dns.questions("nothing.test"), 0u) << "that a name does not exist is an answer";
}

TEST_F(ResolverTest, WhatWasAskedAheadIsKnown) {
  resolver->prefetch("four.test");
  while (dns.questions("four.test") == 0) io.poll();
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  resolver->prefetch("four.test");
  resolver->prefetch("192.0.2.1");
  EXPECT_EQ(address_of("six.test"), "2001:db8::7");
  EXPECT_EQ(dns.questions("four.test"), 1u);
  EXPECT_EQ(dns.questions("192.0.2.1"), 0u);
}

TEST_F(ResolverTest, EveryNameIsAskedForAheadInItsTurn) {
  std::map<std::string, DnsServer::Name> names;
  for (int i = 0; i < 100; ++i) names["ahead" + std::to_string(i) + ".test"] = {{"198.51.100.7"}};
  DnsServer many{names};
  resolver = make_resolver(io, {many.address()}, 1h, 4);
  for (const auto& [name, said] : names) resolver->prefetch(name);
  for (const auto& [name, said] : names) {
    io.restart();
    for (const auto give_up = Clock::now() + 10s; many.questions(name) == 0 && Clock::now() < give_up;) io.poll();
    EXPECT_EQ(many.questions(name), 1u) << name;
  }
}

TEST_F(ResolverTest, AskingAheadLeavesHalfOfTheRoomToThoseWhoWait) {
  resolver = make_resolver(io, {dns.address()}, 1h, 3);
  auto silent = start(io, resolver->resolve("silent.test"));
  io.poll();
  resolver->prefetch("both.test");
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
  EXPECT_EQ(dns.questions("both.test"), 0u);
  resolver->shut_down();
  resolver->prefetch("both.test");  // nobody is there to do it
  EXPECT_EQ(verdict(finish(io, silent)), "cancelled");
}

TEST(Resolver, SystemServersAreReadWithTheirInterface) {
  const auto file = testing::TempDir() + "resolv.conf." + std::to_string(::getpid());
  std::ofstream(file) << "# nameserver 192.0.2.9\nsearch example.org\nnameserver 192.0.2.1 # first\n"
                         "nameserver\t2001:db8::1\nnameserver fe80::1%lo\nnameserver fe80::1%1\n"
                         "nameserver fe80::1%nowhere\nnameserver dns.example.org\nnameserver\n";
  EXPECT_EQ(system_servers(file),
            (std::vector<std::string>{"192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%lo]:53", "[fe80::1%1]:53"}));
  std::filesystem::remove(file);
  EXPECT_EQ(system_servers(file), std::vector<std::string>{"127.0.0.1:53"});
}

TEST_F(ResolverTest, AServerBehindAnInterfaceIsAskedThere) {
  const auto port = dns.address().substr(dns.address().find(':'));
  resolver = make_resolver(io, {"[::ffff:127.0.0.1%lo]" + port}, 5s, 256);
  EXPECT_EQ(address_of("four.test"), "198.51.100.7");
}

TEST(Resolver, RefusesServersBehindAnInterfaceThatIsNotThere) {
  boost::asio::io_context io;
  EXPECT_THROW(make_resolver(io, {"fe80::1%nowhere"}, 1s, 256), std::runtime_error);
}

TEST(Resolver, RefusesServersThatAreNoAddresses) {
  boost::asio::io_context io;
  EXPECT_THROW(make_resolver(io, {"not an address"}, 1s, 256), std::runtime_error);
}

}  // namespace
}  // namespace gannet::net
