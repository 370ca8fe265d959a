#include "config/yaml_text.hpp"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "config/values.hpp"
#include "core/text.hpp"

namespace gannet::config {
namespace {

// Keeps nothing but where the document starts.
class StartOfDocument : public YAML::EventHandler {
 public:
  int line = 0;

  void OnDocumentStart(const YAML::Mark& mark) override { line = line_of(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Where a second document starts, or text that belongs to none, which looks the same to yaml-cpp; 0 without either.
// YAML::Load would leave it out, and YAML::LoadAll of 0.7 never ends on some of it, such as a stray comma.
int line_of_second_document(const std::string& content) {
  std::istringstream stream(content);
  YAML::Parser parser(stream);
  StartOfDocument first, second;
  return parser.HandleNextDocument(first) && parser.HandleNextDocument(second) ? second.line : 0;
}

}  // namespace

std::optional<YamlMistake> read_text(const std::string& content, YAML::Node& root) {
  if (to_valid_utf8(content) != content) return YamlMistake{0, "not a text in UTF-8"};
  // yaml-cpp takes some of these for the end of the file and would leave out what follows.
  const auto stray = std::ranges::find_if(content, [](char c) { return is_control(c) && !std::isspace(c); });
  if (stray != content.end()) {
    return YamlMistake{static_cast<int>(std::count(content.begin(), stray, '\n')) + 1, "a control character"};
  }
  try {
    if (const int line = line_of_second_document(content)) {
      return YamlMistake{line, "not valid YAML: belongs to no key"};
    }
    root = YAML::Load(content);
  } catch (const YAML::Exception& failure) {
    return YamlMistake{line_of(failure.mark), "not valid YAML: " + failure.msg};
  }
  return std::nullopt;
}

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

std::string describe(const YAML::Node& node) {
  if (node.IsMap()) return "a section";
  if (node.IsSequence()) return "a list";
  return "'" + on_one_line(node.IsNull() ? "" : node.Scalar()) + "'";
}

}  // namespace gannet::config
