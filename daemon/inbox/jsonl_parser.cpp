// .jsonl: one JSON object a line. Lines that begin with '#', which no JSON text does, are comments, but with "#!"
// before the first object options.
#include <array>
#include <boost/json.hpp>

#include "core/text.hpp"
#include "inbox/csv_header.hpp"
#include "inbox/row_parser.hpp"

namespace gannet::inbox {
namespace {

namespace json = boost::json;

constexpr std::size_t deepest = 32;

const json::object::value_type* find(const json::object& object, std::string_view name) {
  if (const auto exact = object.find(name); exact != object.end()) return &*exact;
  for (const auto& member : object) {
    if (equals_ignoring_case(member.key(), name)) return &member;
  }
  return nullptr;
}

bool read_hash_of(const json::object::value_type* member, std::size_t digits, std::string& hash) {
  if (!member || member->value().is_null()) return true;
  return member->value().is_string() && read_hash(member->value().get_string(), digits, hash);
}

class JsonlParser final : public RowParser {
 public:
  JsonlParser(LineReader& lines, ListSettings settings) : lines_(lines), settings_(std::move(settings)) {}

  Result<Step> next(Row& row) override {
    Line line;
    const auto step = options_.next_row(lines_, line);
    if (!step || *step != Step::item) return step;

    std::string why(text_problem(line.text));
    if (line.too_long) {
      why = too_long_message(settings_);
    } else if (why.empty()) {
      why = read(line.text, row);
    }
    if (why.empty()) {
      row.line = line.number;
    } else {
      set_fault(row, line.number, row.url.empty() ? line.text : std::string_view(row.url), std::move(why));
    }
    return Step::item;
  }

  config::ListOptions take_options() override { return options_.hand_over(); }

  // One line without the URL is a bad line; none with it is not a list.
  std::string objection() const override {
    return seen_object_ && !seen_url_ ? no_url_column(settings_.url_column, first_names_) : std::string();
  }

 private:
  // Fills the row, or says what is wrong with it.
  std::string read(std::string_view text, Row& row) {
    json::monotonic_resource memory(buffer_.data(), buffer_.size());
    json::parse_options options;
    options.max_depth = deepest;
    json::error_code error;
    const json::value value = json::parse(text, error, &memory, options);
    if (error) return "not valid JSON: " + error.message();
    if (!value.is_object()) return "not a JSON object";
    const json::object& object = value.get_object();

    const auto* url = find(object, settings_.url_column);
    note_names(object, url != nullptr);
    if (!url) return "there is no \"" + settings_.url_column + "\"";
    if (!url->value().is_string()) return "\"" + settings_.url_column + "\" is not a string";
    const auto url_text = trim(url->value().get_string());
    if (url_text.empty()) return "\"" + settings_.url_column + "\" is empty";
    row.url = to_valid_utf8(url_text);
    if (const auto problem = text_problem(url_text); !problem.empty()) return std::string(problem);
    return read_extras(object, url, row);
  }

  static std::string read_extras(const json::object& object, const json::object::value_type* url, Row& row) {
    RowExtras extras;
    const auto* sha256 = find(object, "sha256");
    const auto* md5 = find(object, "md5");
    if (!read_hash_of(sha256, 64, extras.sha256)) return "sha256 is not 64 hexadecimal digits";
    if (!read_hash_of(md5, 32, extras.md5)) return "md5 is not 32 hexadecimal digits";
    for (const auto& member : object) {
      if (&member == url || &member == sha256 || &member == md5) continue;
      extras.columns += extras.columns.empty() ? '{' : ',';
      extras.columns += json::serialize(member.key()) + ':' + json::serialize(member.value());
    }
    if (!extras.columns.empty()) extras.columns += '}';
    if (!extras.columns.empty() || !extras.sha256.empty() || !extras.md5.empty()) {
      row.extras = std::make_unique<RowExtras>(std::move(extras));
    }
    return {};
  }

  void note_names(const json::object& object, bool has_url) {
    seen_url_ = seen_url_ || has_url;
    if (seen_object_) return;
    seen_object_ = true;
    if (has_url) return;
    for (const auto& member : object) first_names_.emplace_back(member.key());
  }

  LineReader& lines_;
  ListSettings settings_;
  OptionLines options_;
  std::array<unsigned char, 16 << 10> buffer_;  // enough for most lines without asking for memory
  bool seen_object_ = false;
  bool seen_url_ = false;
  std::vector<std::string> first_names_;
};

}  // namespace

std::unique_ptr<RowParser> make_jsonl_parser(LineReader& lines, ListSettings settings) {
  return std::make_unique<JsonlParser>(lines, std::move(settings));
}

}  // namespace gannet::inbox
