#include "fetch/robots_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/text.hpp"
#include "fetch/robot_name.hpp"

namespace gannet::fetch {
namespace {

// Bytes of targets that are compared with patterns of wildcards for one URL, some 10 ms worth: only a file that is
// written to keep us busy comes near it.
constexpr std::size_t most_compared = 16 << 20;

constexpr std::size_t longest_told = 200;  // of a pattern, in messages

enum class Word : unsigned char { agent, allow, disallow, delay, other };

// With the misspellings that other robots understand too, so that site owners rely on them.
Word word_of(std::string_view key) {
  struct Spelling {
    std::string_view text;
    Word word;
  };
  static constexpr std::array spellings{
      Spelling{"user-agent", Word::agent},  Spelling{"useragent", Word::agent},   Spelling{"user agent", Word::agent},
      Spelling{"allow", Word::allow},       Spelling{"disallow", Word::disallow}, Spelling{"dissallow", Word::disallow},
      Spelling{"dissalow", Word::disallow}, Spelling{"disalow", Word::disallow},  Spelling{"diasllow", Word::disallow},
      Spelling{"disallaw", Word::disallow}, Spelling{"crawl-delay", Word::delay}, Spelling{"crawldelay", Word::delay},
      Spelling{"crawl delay", Word::delay},
  };
  const auto found =
      std::ranges::find_if(spellings, [key](const Spelling& one) { return equals_ignoring_case(one.text, key); });
  return found == spellings.end() ? Word::other : found->word;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// "key: value"; or "key value", when there is no colon and they are two words.
std::pair<std::string_view, std::string_view> split(std::string_view line) {
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) return {trim(line.substr(0, colon)), trim(line.substr(colon + 1))};
  const auto blank = std::ranges::find_if(line, is_blank);
  const auto key = line.substr(0, static_cast<std::size_t>(blank - line.begin()));
  const auto value = trim(line.substr(key.size()));
  if (std::ranges::any_of(value, is_blank)) return {};
  return {key, value};
}

std::optional<milliseconds> parse_delay(std::string_view text) {
  double count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count, std::chars_format::fixed);
  if (error == std::errc::result_out_of_range && end != text.data()) return RobotsRules::longest_delay;
  if (error != std::errc{} || !(count >= 0)) return std::nullopt;
  const std::chrono::duration<double> most = RobotsRules::longest_delay;
  return std::chrono::ceil<milliseconds>(std::min(std::chrono::duration<double>(count), most));
}

}  // namespace

// Goes through the lines once, and keeps apart what is said to us and what is said to everybody, until it is known
// which of them counts.
class RobotsReader {
 public:
  explicit RobotsReader(const std::vector<std::string>& names) { ours_.names_ = everybodys_.names_ = names; }

  RobotsRules read(std::string_view text) && {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const bool cut = text.size() > RobotsRules::longest_text;
    text = text.substr(0, RobotsRules::longest_text);
    while (!text.empty()) {
      const auto end = std::min(text.find_first_of("\r\n"), text.size());
      ++line_;
      // Half a path forbids more than the whole.
      if (!(cut && end == text.size())) take(text.substr(0, end));
      const bool two = end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n';
      text.remove_prefix(std::min(end + (two ? 2 : 1), text.size()));
    }
    RobotsRules& chosen = named_ ? ours_ : everybodys_;
    // The pattern that decides is the longest that matches, and of two equal ones the Allow.
    std::ranges::stable_sort(chosen.rules_, [](const auto& one, const auto& other) {
      return one.length != other.length ? one.length > other.length : one.allow && !other.allow;
    });
    chosen.rules_.shrink_to_fit();
    chosen.patterns_.shrink_to_fit();
    return std::move(chosen);
  }

 private:
  void take(std::string_view line) {
    const auto [key, value] = split(trim(line.substr(0, line.find('#'))));
    switch (word_of(key)) {
      case Word::agent:
        if (!listing_agents_) for_everybody_ = for_us_ = false;
        listing_agents_ = true;
        take_agent(value);
        break;
      case Word::allow:
      case Word::disallow:
        listing_agents_ = false;
        if (!value.empty()) take_rule(value, word_of(key) == Word::allow);  // an empty one matches nothing
        break;
      case Word::delay:
        listing_agents_ = false;  // it is said to the agents above it, not to those who follow
        if (const auto delay = parse_delay(value)) {
          if (for_us_) ours_.crawl_delay_ = std::max(ours_.crawl_delay_.value_or(0ms), *delay);
          if (for_everybody_) everybodys_.crawl_delay_ = std::max(everybodys_.crawl_delay_.value_or(0ms), *delay);
        }
        break;
      case Word::other:  // must not come between an agent and its rules (RFC 9309, section 2.2.4)
        break;
    }
  }

  void take_agent(std::string_view value) {
    if (value == "*" || (value.size() > 1 && value[0] == '*' && is_blank(value[1]))) {
      for_everybody_ = true;
      return;
    }
    const auto token = product_token(value);
    for (std::size_t i = 0; i < ours_.names_.size(); ++i) {
      if (!equals_ignoring_case(token, ours_.names_[i])) continue;
      for_us_ = named_ = true;
      agent_ = static_cast<std::uint8_t>(i + 1);
    }
  }

  void take_rule(std::string_view value, bool allow) {
    std::string pattern = normal_pattern(value);
    if (pattern[0] != '/' && pattern[0] != '*') pattern.insert(0, 1, '/');
    if (for_us_) add(ours_, pattern, allow, agent_);
    if (for_everybody_) add(everybodys_, pattern, allow, 0);
  }

  void add(RobotsRules& rules, std::string_view pattern, bool allow, std::uint8_t agent) const {
    const auto begin = static_cast<std::uint32_t>(rules.patterns_.size());
    rules.rules_.push_back({begin, static_cast<std::uint32_t>(pattern.size()), line_, allow, agent});
    rules.patterns_ += pattern;
  }

  RobotsRules ours_;
  RobotsRules everybodys_;
  bool named_ = false;  // some group is for us
  std::uint32_t line_ = 0;
  bool listing_agents_ = false;  // the last line that counts was a User-agent, so the next joins it
  bool for_everybody_ = false;   // the rules that follow
  bool for_us_ = false;
  std::uint8_t agent_ = 0;
};

RobotsRules RobotsRules::parse(std::string_view text, const std::vector<std::string>& names) {
  return RobotsReader(names).read(text);
}

std::optional<std::string> RobotsRules::forbids(std::string_view target) const {
  if (rules_.empty() || target == "/robots.txt") return std::nullopt;
  const std::string wanted = normal_target(target);
  std::size_t compared = 0;
  for (const Rule& rule : rules_) {
    const auto text = pattern(rule);
    if (text.find('*') != std::string_view::npos) {
      compared += wanted.size();
      if (compared > most_compared) return "too many wildcards for such a long URL";
    }
    if (!pattern_matches(text, wanted)) continue;
    if (rule.allow) return std::nullopt;
    return told(rule);
  }
  return std::nullopt;
}

std::string RobotsRules::told(const Rule& rule) const {
  return std::string(rule.allow ? "Allow: " : "Disallow: ") + on_one_line(pattern(rule), longest_told) + " (line " +
         std::to_string(rule.line) + ", for " + (rule.agent == 0 ? "*" : names_[rule.agent - 1u]) + ")";
}

}  // namespace gannet::fetch
