// A text in YAML, looked at before it is believed: what yaml-cpp would take for the end of the text, or would leave
// out, is a mistake. Pure, any thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>

namespace gannet::config {

/// What is wrong with a text as a whole, and on which line.
struct YamlMistake {
  int line;
  std::string text;
};

/// Reads the one document of the text into `root`, or says what is wrong. The text's size is the caller's business.
std::optional<YamlMistake> read_text(const std::string& content, YAML::Node& root);

/// From 1.
int line_of(const YAML::Mark& mark);

/// "a section", "a list" or "'value'".
std::string describe(const YAML::Node& node);

}  // namespace gannet::config
