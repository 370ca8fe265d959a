// What one robots.txt says to us (RFC 9309): the rules of the groups that name us, or else of those for everybody, and
// which of them decides about a URL. Plain values, bytes in and verdicts out; no network, no clock. Any thread.
//
// The file is written by a stranger: it may be anything, and the work for one URL is bounded whatever it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace gannet::fetch {

class RobotsRules {
 public:
  static constexpr std::size_t longest_text = 500 << 10;  // what is behind it is not read (RFC 9309, section 2.5)
  static constexpr milliseconds longest_delay = 60s;      // a longer Crawl-delay counts as this

  /// Of no rules: everything is allowed.
  RobotsRules() = default;

  /// `names` are the product tokens we answer to, such as "gannet", at most 255.
  static RobotsRules parse(std::string_view text, const std::vector<std::string>& names);

  /// The rule that forbids this target (Url::target), as text for people: "Disallow: /private/ (line 12, for *)".
  /// Nothing: it may be fetched.
  std::optional<std::string> forbids(std::string_view target) const;

  /// Between two requests, as the file asks for.
  std::optional<milliseconds> crawl_delay() const { return crawl_delay_; }

  /// The memory it takes, in bytes.
  std::size_t size() const { return patterns_.capacity() + rules_.capacity() * sizeof(Rule); }

 private:
  friend class RobotsReader;

  struct Rule {
    std::uint32_t begin, length;  // of the pattern, within patterns_
    std::uint32_t line;           // from 1
    bool allow;
    std::uint8_t agent;  // within names_; 0: everybody
  };

  std::string_view pattern(const Rule& rule) const {
    return std::string_view(patterns_).substr(rule.begin, rule.length);
  }
  std::string told(const Rule& rule) const;

  std::string patterns_;     // all of them, in normal form
  std::vector<Rule> rules_;  // the longest pattern first, and Allow before Disallow
  std::vector<std::string> names_;
  std::optional<milliseconds> crawl_delay_;
};

/// The form in which patterns and targets are compared (RFC 9309, section 2.2.2): what need not be percent-encoded is
/// not, all else is, in capitals. In a pattern '*' and a '$' at its end stay as they are; elsewhere they are encoded.
std::string normal_pattern(std::string_view pattern);
std::string normal_target(std::string_view target);

/// Whether a pattern in normal form matches the beginning of a target in normal form. Takes time proportional to the
/// lengths of both.
bool pattern_matches(std::string_view pattern, std::string_view target);

}  // namespace gannet::fetch
