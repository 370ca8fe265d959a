#include "fetch/opt_out.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "fetch/robot_name.hpp"

namespace gannet::fetch {
namespace {

// `none` is noindex and nofollow.
constexpr std::array<std::string_view, 5> refusals{"noai", "noimageai", "noindex", "noimageindex", "none"};

// The other directives that are known. What is a directive cannot be the name of an agent.
constexpr std::array<std::string_view, 16> harmless{"all",
                                                    "index",
                                                    "follow",
                                                    "nofollow",
                                                    "noarchive",
                                                    "nocache",
                                                    "nosnippet",
                                                    "notranslate",
                                                    "noodp",
                                                    "noydir",
                                                    "nositelinkssearchbox",
                                                    "indexifembedded",
                                                    "max-snippet",
                                                    "max-image-preview",
                                                    "max-video-preview",
                                                    "unavailable_after"};

bool is_one_of(const auto& words, std::string_view word) {
  return std::ranges::any_of(words, [&](std::string_view one) { return equals_ignoring_case(one, word); });
}

bool is_directive(std::string_view word) { return is_one_of(refusals, word) || is_one_of(harmless, word); }

// Some servers send the quotes of their configuration.
std::string_view strip(std::string_view text) {
  const auto is_around = [](char c) { return c == ' ' || c == '\t' || c == '"' || c == '\''; };
  while (!text.empty() && is_around(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_around(text.back())) text.remove_suffix(1);
  return text;
}

// Up to the first of `ends`, which it takes off with it.
std::string_view take(std::string_view& text, std::string_view ends) {
  const auto end = std::min(text.find_first_of(ends), text.size());
  const auto piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return strip(piece);
}

// The first word that says no. What is right behind a colon is a value, as in "max-image-preview: none"; commas are
// left out by some.
std::optional<std::string_view> refusal_in(std::string_view directive) {
  for (bool is_value = false; !directive.empty();) {
    const auto end = std::min(directive.find_first_of(" \t:"), directive.size());
    const auto word = strip(directive.substr(0, end));
    if (!is_value && is_one_of(refusals, word)) return word;
    is_value = directive.substr(end).starts_with(':') || (is_value && word.empty());
    directive.remove_prefix(std::min(end + 1, directive.size()));
  }
  return std::nullopt;
}

// A word before a colon names an agent, or is a directive that has a value. Of those that we do not know, what is
// behind the colon tells: an agent is given a directive.
bool names_agent(std::string_view word, std::string_view rest, const std::vector<std::string>& our_names) {
  if (word == "*" || is_one_of(our_names, product_token(word))) return true;
  // Agents have no blanks in their names; the second half of a date that holds a comma and a time has.
  if (is_directive(word) || word.find(' ') != std::string_view::npos) return false;
  rest = strip(rest);
  return rest.empty() || is_directive(take(rest, " \t:"));
}

}  // namespace

std::optional<std::string> opted_out(const std::vector<std::string>& tags, const std::vector<std::string>& our_names) {
  for (std::string_view tag : tags) {
    std::string_view agent;  // until one is named it is for everybody; it then holds for the rest of the line
    bool for_us = true;
    while (!tag.empty()) {
      auto directive = take(tag, ",;");
      auto behind = directive;
      const auto word = take(behind, ":");
      if (word.size() < directive.size() && names_agent(word, behind, our_names)) {
        agent = word;
        for_us = word == "*" || is_one_of(our_names, product_token(word));
        directive = strip(behind);
      }
      const auto refusal = for_us ? refusal_in(directive) : std::nullopt;
      if (refusal) return std::string(*refusal) + (agent.empty() ? "" : " (for " + on_one_line(agent) + ")");
    }
  }
  return std::nullopt;
}

std::optional<std::string> opted_out(const ResponseHead& head, const FetchSettings& settings,
                                     const JobOptions* of_list) {
  if (!head.robots_tags.empty() && settings.opt_outs) {
    const bool named = of_list && !of_list->user_agent.value_or("").empty();
    const auto directive = opted_out(head.robots_tags, robot_names(named ? *of_list->user_agent : settings.user_agent));
    if (directive) return "X-Robots-Tag: " + *directive;
  }
  if (head.tdm_reserved && settings.opt_outs && settings.tdm_reservations) return "tdm-reservation: 1";
  return std::nullopt;
}

}  // namespace gannet::fetch
