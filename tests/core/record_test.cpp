#include "core/record.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace gannet {
namespace {

Record full_record() {
  Record record;
  record.time = *parse_rfc3339("2026-11-22T10:15:02.123Z");
  record.line = 12;
  record.url = "https://example.org/a.jpg";
  record.http_status = 200;
  record.attempts = 2;
  record.bytes = 48211;
  record.sha256 = "ab12";
  record.path = "images/j/00000/000000011.jpg";
  record.format = "jpeg";
  record.width = 800;
  record.height = 600;
  record.final_url = "https://cdn.example.org/a.jpg";
  record.address = "203.0.113.9";
  record.protocol = "http/1.1";
  record.reused = true;
  record.ms = {milliseconds{1},  milliseconds{3},  milliseconds{12},
               milliseconds{15}, milliseconds{40}, milliseconds{88}};
  return record;
}

Record failed_record() {
  Record record;
  record.time = *parse_rfc3339("2026-11-22T10:15:02.000Z");
  record.line = 3;
  record.url = "x";
  record.outcome = Outcome::invalid;
  record.reason = Reason::bad_url;
  return record;
}

std::string json_of(const Record& record) {
  std::string text;
  append_json(text, record, "job-1");
  return text;
}

TEST(Record, IsOneLineOfJsonInTheDocumentedForm) {
  EXPECT_EQ(
      json_of(full_record()),
      R"({"time":"2026-11-22T10:15:02.123Z","job":"job-1","line":12,"url":"https://example.org/a.jpg",)"
      R"("outcome":"ok","http_status":200,"attempts":2,"bytes":48211,"sha256":"ab12",)"
      R"("path":"images/j/00000/000000011.jpg","format":"jpeg","width":800,"height":600,)"
      R"("final_url":"https://cdn.example.org/a.jpg","address":"203.0.113.9","protocol":"http/1.1","reused":true,)"
      R"("ms":{"queue":1,"dns":3,"connect":12,"tls":15,"first_byte":40,"total":88}})"
      "\n");
}

TEST(Record, TellsWhatADecodeWorkerSaw) {
  Record record = full_record();
  record.picture = {.frames = 3,
                    .orientation = 6,
                    .colour = "cmyk",
                    .alpha = true,
                    .original_width = 4000,
                    .original_height = 3000,
                    .original_sha256 = "cd34",
                    .perceptual_hash = "00ff00ff00ff00ff",
                    .exif = R"({"Model":"X \"1\""})"};
  record.ms.decode = milliseconds{7};
  const auto text = json_of(record);
  EXPECT_NE(text.find(R"("height":600,"frames":3,"orientation":6,"colour":"cmyk","alpha":true,"original_width":4000,)"
                      R"("original_height":3000,"original_sha256":"cd34","phash":"00ff00ff00ff00ff",)"
                      R"("exif":{"Model":"X \"1\""},"final_url")"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("total":88,"decode":7}})"), std::string::npos) << text;
  const auto read = parse_record(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(json_of(*read), text);
}

TEST(Record, OfAnEarlierFetchSaysSoAndHasNoBytesOfItsOwn) {
  Record record = full_record();
  EXPECT_EQ(record.stored_bytes(), 48211u);
  record.from_catalogue = true;
  EXPECT_EQ(record.stored_bytes(), 0u);
  EXPECT_NE(json_of(record).find(R"("height":600,"from":"catalogue","final_url":)"), std::string::npos);
  EXPECT_TRUE(parse_record(json_of(record))->from_catalogue);
  EXPECT_FALSE(parse_record(json_of(full_record()))->from_catalogue);
}

TEST(Record, LeavesOutWhatIsUnknownOrEmpty) {
  EXPECT_EQ(json_of(failed_record()),
            R"({"time":"2026-11-22T10:15:02.000Z","job":"job-1","line":3,"url":"x","outcome":"invalid",)"
            R"("reason":"bad_url"})"
            "\n");
}

TEST(Record, SaysThatAConnectionWasNewOnceThereWasOne) {
  auto record = failed_record();
  record.protocol = "http/1.1";
  EXPECT_NE(json_of(record).find(R"("reused":false)"), std::string::npos);
}

TEST(Record, IsAppendedToWhatIsThere) {
  std::string text = "before\n";
  append_json(text, failed_record(), "j");
  EXPECT_EQ(text.substr(0, 8), "before\n{");
}

TEST(Record, ReadsBackWhatItWrote) {
  for (auto record : {full_record(), failed_record()}) {
    const std::string text = json_of(record);
    const auto read = parse_record(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(json_of(*read), text);
    EXPECT_EQ(read->time, record.time);
    EXPECT_EQ(read->outcome, record.outcome);
    EXPECT_EQ(read->reason, record.reason);
    EXPECT_EQ(read->reused, record.reused);
    EXPECT_EQ(read->ms.first_byte, record.ms.first_byte);
  }
}

TEST(Record, ReadsBackEveryReason) {
  for (std::size_t i = 1; i < reason_count; ++i) {
    auto record = failed_record();
    record.reason = static_cast<Reason>(i);
    record.outcome = outcome_of(record.reason);
    const auto read = parse_record(json_of(record));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->reason, record.reason);
    EXPECT_EQ(read->outcome, record.outcome);
  }
}

TEST(Record, EscapesWhateverIsInTheText) {
  auto record = failed_record();
  for (const char* text : {"quote \" backslash \\", "line\nfeed\r\ttab", "\x01\x1f\x7f",
                           "k\xc3\xa4tzchen \xf0\x9f\x90\x88", "</script>", "{\"line\":1}"}) {
    record.detail = text;
    const std::string line = json_of(record);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << "a record is one line: " << line;
    const auto read = parse_record(line);
    ASSERT_TRUE(read) << line;
    EXPECT_EQ(read->detail, text);
  }
}

// A server's words may hold any bytes; a journal that cannot be read again would stop the job for good.
TEST(Record, CanBeReadBackWhateverBytesItHolds) {
  auto record = failed_record();
  for (int byte = 0; byte < 256; ++byte) record.detail += static_cast<char>(byte);
  const auto read = parse_record(json_of(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->detail.substr(0, 130), "\xef\xbf\xbd" + record.detail.substr(1, 127));
}

TEST(Record, KeepsTheLargestNumbers) {
  auto record = full_record();
  record.line = record.bytes = (std::uint64_t{1} << 63) - 1;
  record.width = record.height = ~std::uint32_t{0};
  const auto read = parse_record(json_of(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->line, record.line);
  EXPECT_EQ(read->bytes, record.bytes);
  EXPECT_EQ(read->width, record.width);
}

TEST(ParseRecord, RefusesTornText) {
  const std::string text = json_of(full_record());
  for (std::size_t length = 0; length + 1 < text.size(); ++length) {
    const auto read = parse_record(std::string_view(text).substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().reason, Reason::disk_error);
  }
  EXPECT_TRUE(parse_record(std::string_view(text).substr(0, text.size() - 1))) << "all but the newline is whole";
}

TEST(ParseRecord, RefusesWhatIsNoRecord) {
  for (const char* text : {
           "",
           " ",
           "null",
           "[]",
           "12",
           "{}",
           "not json",
           "{\"line\":1}",
           R"({"time":"2026-11-22T10:15:02.000Z","outcome":"ok"})",
           R"({"time":"2026-11-22T10:15:02.000Z","outcome":"ok","line":0})",
           R"({"time":"2026-11-22T10:15:02.000Z","outcome":"ok","line":-1})",
           R"({"time":"2026-11-22T10:15:02.000Z","outcome":"ok","line":"1"})",
           R"({"time":"2026-11-22T10:15:02.000Z","outcome":"fine","line":1})",
           R"({"time":"2026-11-22T10:15:02.000Z","line":1})",
           R"({"time":"yesterday","outcome":"ok","line":1})",
           R"({"time":"2026-11-22T10:15:02.000Z","outcome":"ok","line":1}{})",
       }) {
    EXPECT_FALSE(parse_record(text)) << text;
  }
}

TEST(ParseRecord, ToleratesFieldsOfALaterVersion) {
  const auto read = parse_record(
      R"({"time":"2026-11-22T10:15:02.000Z","outcome":"ok","line":1,"new":[1,{"a":2}],"bytes":"many","ms":7})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->bytes, 0u);
  EXPECT_EQ(read->ms.total, milliseconds{0});
}

}  // namespace
}  // namespace gannet
