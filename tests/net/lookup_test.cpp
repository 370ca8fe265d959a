#include "net/lookup.hpp"

#include <gtest/gtest.h>

namespace gannet::net {
namespace {

using Kind = Said::Kind;

constexpr TimePoint start{1h};
constexpr auto six = Family::six;
constexpr auto four = Family::four;
constexpr std::optional<std::size_t> nobody;

Said addresses(std::vector<const char*> texts, seconds life = 100s) {
  Said said;
  said.kind = Kind::addresses;
  for (const auto* text : texts) said.addresses.push_back(boost::asio::ip::make_address(text));
  said.life = life;
  return said;
}

Said other(Kind kind) {
  Said said;
  said.kind = kind;
  return said;
}

// The addresses, or the reason; "?" when nothing can be said yet.
std::string verdict(const Lookup& lookup, TimePoint now = start) {
  const auto verdict = lookup.verdict(now);
  if (!verdict) return "?";
  if (!verdict->answer) return std::string(to_string(verdict->answer.error().reason));
  std::string all;
  for (const auto& address : *verdict->answer) all += (all.empty() ? "" : " ") + address.to_string();
  return all;
}

// What becomes of a name with one server that says this at once.
std::string verdict_of(Said six_said, Said four_said) {
  Lookup lookup({0});
  for (auto again = lookup.heard(six, six_said, start); again;) again = lookup.heard(six, six_said, start);
  for (auto again = lookup.heard(four, four_said, start); again;) again = lookup.heard(four, four_said, start);
  EXPECT_TRUE(lookup.done());
  return verdict(lookup);
}

TEST(Lookup, BothFamiliesTogetherAreTheAnswer) {
  EXPECT_EQ(verdict_of(addresses({"2600::1"}), addresses({"1.1.1.1", "1.1.1.2"})), "2600::1 1.1.1.1 1.1.1.2");
}

TEST(Lookup, OneFamilyIsEnoughWhateverBecomesOfTheOther) {
  for (const auto kind : {Kind::nothing, Kind::no_name, Kind::trouble, Kind::silence}) {
    EXPECT_EQ(verdict_of(other(kind), addresses({"1.1.1.1"})), "1.1.1.1");
    EXPECT_EQ(verdict_of(addresses({"2600::1"}), other(kind)), "2600::1");
  }
}

TEST(Lookup, MissingIsNotTheSameAsNotTold) {
  const auto both_ways = [](Kind one, Kind two) {
    const auto said = verdict_of(other(one), other(two));
    EXPECT_EQ(verdict_of(other(two), other(one)), said);
    return said;
  };
  EXPECT_EQ(both_ways(Kind::nothing, Kind::nothing), "dns_not_found");
  EXPECT_EQ(both_ways(Kind::no_name, Kind::no_name), "dns_not_found");
  EXPECT_EQ(both_ways(Kind::no_name, Kind::nothing), "dns_not_found");
  EXPECT_EQ(both_ways(Kind::no_name, Kind::trouble), "dns_failed");
  EXPECT_EQ(both_ways(Kind::no_name, Kind::silence), "dns_failed");
  EXPECT_EQ(both_ways(Kind::nothing, Kind::trouble), "dns_failed");
  EXPECT_EQ(both_ways(Kind::nothing, Kind::silence), "dns_failed");
  EXPECT_EQ(both_ways(Kind::trouble, Kind::trouble), "dns_failed");
  EXPECT_EQ(both_ways(Kind::silence, Kind::silence), "dns_failed");
  EXPECT_EQ(both_ways(Kind::cancelled, Kind::silence), "cancelled");
}

TEST(Lookup, TellsWhenNoServerSaidAnything) {
  const auto is_silence = [](std::vector<Said> six_said, Said four_said) {
    Lookup lookup({0, 1});
    for (auto& said : six_said) lookup.heard(six, said, start);
    while (lookup.heard(four, four_said, start)) {
    }
    EXPECT_TRUE(lookup.done());
    const auto said = lookup.verdict(start)->answer.error();
    EXPECT_EQ(said.reason, Reason::dns_failed);
    return said.of_silence;
  };
  const auto silence = other(Kind::silence), trouble = other(Kind::trouble);
  EXPECT_TRUE(is_silence({silence, silence}, silence));
  EXPECT_FALSE(is_silence({trouble, silence}, silence)) << "the other server was there";
  EXPECT_FALSE(is_silence({silence, trouble}, silence));
  EXPECT_FALSE(is_silence({other(Kind::no_name)}, silence));
}

TEST(Lookup, TheFirstFamilyWithAddressesWaitsForTheOtherABit) {
  for (const auto first : {six, four}) {
    Lookup lookup({0});
    lookup.heard(first, addresses({"1.1.1.1"}), start);
    EXPECT_EQ(verdict(lookup, start + 49ms), "?");
    EXPECT_EQ(lookup.wake(), start + 50ms);
    EXPECT_EQ(verdict(lookup, start + 50ms), "1.1.1.1");
    EXPECT_FALSE(lookup.done());
    const auto second = first == six ? four : six;
    lookup.heard(second, addresses({"2600::1"}), start + 1s);
    EXPECT_TRUE(lookup.done());
    EXPECT_EQ(lookup.wake(), std::nullopt);
    EXPECT_EQ(verdict(lookup, start + 1s), first == six ? "1.1.1.1 2600::1" : "2600::1 1.1.1.1");
  }
}

TEST(Lookup, WithoutAddressesTheOtherFamilyIsWaitedForToTheEnd) {
  for (const auto kind : {Kind::nothing, Kind::no_name}) {
    Lookup lookup({0});
    lookup.heard(six, other(kind), start);
    EXPECT_EQ(lookup.wake(), std::nullopt);
    EXPECT_EQ(verdict(lookup, start + 1h), "?");
    lookup.heard(four, addresses({"1.1.1.1"}), start + 1h);
    EXPECT_EQ(verdict(lookup, start + 1h), "1.1.1.1");
  }
}

TEST(Lookup, ASilentServerIsAskedAgainWhenItIsTheOnlyOne) {
  Lookup lookup({7});
  EXPECT_EQ(lookup.first_server(), 7u);
  EXPECT_EQ(lookup.heard(four, other(Kind::silence), start), 7u);
  EXPECT_EQ(lookup.heard(four, other(Kind::silence), start), nobody);
}

TEST(Lookup, OfSeveralServersEachIsAskedOnce) {
  Lookup lookup({2, 0, 1});
  EXPECT_EQ(lookup.first_server(), 2u);
  EXPECT_EQ(lookup.heard(four, other(Kind::silence), start), 0u);
  EXPECT_EQ(lookup.heard(four, other(Kind::trouble), start), 1u);
  EXPECT_EQ(lookup.heard(four, other(Kind::silence), start), nobody);
  EXPECT_EQ(lookup.heard(six, other(Kind::trouble), start), 0u) << "the families are apart";
}

TEST(Lookup, ServersThatKeepSilentAreNamed) {
  Lookup lookup({0, 1});
  for (const auto family : {six, four}) {
    for (const char* server : {"192.0.2.1:53", "192.0.2.2:53"}) {
      auto said = other(Kind::silence);
      said.detail = server;
      lookup.heard(family, said, start);
    }
  }
  EXPECT_EQ(lookup.verdict(start)->answer.error().detail, "no answer in time from 192.0.2.1:53, 192.0.2.2:53");
}

TEST(Lookup, AServerThatCannotTellIsNotAskedAgain) {
  Lookup lookup({0});
  EXPECT_EQ(lookup.heard(four, other(Kind::trouble), start), nobody);
}

TEST(Lookup, AnAnswerFromTheSecondServerCounts) {
  Lookup lookup({0, 1});
  lookup.heard(six, other(Kind::nothing), start);
  EXPECT_EQ(lookup.heard(four, other(Kind::trouble), start), 1u);
  EXPECT_EQ(verdict(lookup), "?");
  EXPECT_EQ(lookup.heard(four, addresses({"1.1.1.1"}), start), nobody);
  EXPECT_EQ(verdict(lookup), "1.1.1.1");
}

TEST(Lookup, AnswersHoldAsLongAsTheirShortestPart) {
  Lookup lookup({0});
  lookup.heard(six, addresses({"2600::1"}, 40s), start);
  lookup.heard(four, addresses({"1.1.1.1"}, 300s), start);
  EXPECT_EQ(lookup.verdict(start)->life, 40s);
}

TEST(Lookup, FailuresAreForgottenSoonerThanMissingNames) {
  Lookup missing({0});
  Lookup failed({0});
  for (const auto family : {six, four}) {
    missing.heard(family, other(Kind::no_name), start);
    failed.heard(family, other(Kind::trouble), start);
  }
  EXPECT_EQ(missing.verdict(start)->life, 60s);
  EXPECT_EQ(failed.verdict(start)->life, 1s);
}

TEST(Lookup, ANameWithHundredsOfAddressesKeepsAFew) {
  Lookup lookup({0});
  lookup.heard(six, other(Kind::nothing), start);
  lookup.heard(four, addresses(std::vector<const char*>(500, "1.1.1.1")), start);
  EXPECT_EQ(lookup.verdict(start)->answer->size(), Lookup::most_addresses);
}

}  // namespace
}  // namespace gannet::net
