#include "page/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <memory>

#include "page/records.hpp"

namespace gannet::page {
namespace {

using test::failed;
using test::ok;
using testing::HasSubstr;
using testing::Not;

class Page : public testing::Test {
 protected:
  Page() {
    job.id = "20261122T101500-0001-cats";
    job.source = "cats.csv";
    job.made = test::start;
  }

  std::string drawn() const { return draw(job, *digest, sheet); }

  JobFacts job;
  std::unique_ptr<Digest> digest = std::make_unique<Digest>();
  Sheet sheet;
};

std::string between(const std::string& text, const std::string& start, const std::string& end) {
  const auto from = text.find(start) + start.size();
  return text.substr(from, text.find(end, from) - from);
}

TEST_F(Page, WhateverOthersWroteIsText) {
  const std::string evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
  Record record = failed(1, Reason::http_status, "http://example.org/" + evil);
  record.detail = evil;
  record.protocol = evil;
  digest->add(record);
  Record bad = failed(2, Reason::bad_url, evil);
  bad.attempts = 0;
  digest->add(bad);
  Record stored = ok(3, "http://example.org/" + evil);
  stored.format = evil;
  digest->add(stored);
  Record pictured = ok(4);
  pictured.format = "png";
  sheet.pictures.push_back({{4, evil, evil, "png", 3, 1, 1}, "abc"});
  job.source = job.trouble = job.id = evil;
  const auto page = drawn();
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
  for (std::size_t at = page.find("onerror"); at != page.npos; at = page.find("onerror", at + 1)) {
    EXPECT_LT(page.rfind("&lt;img", at), at);
    EXPECT_TRUE(page.rfind('<', at) < page.rfind("&lt;img", at)) << page.substr(at - 80, 100);
  }
}

TEST_F(Page, AllowsItsOwnStyleAndNothingElse) {
  digest->add(ok(1));
  const auto page = drawn();
  const auto text = between(page, "<style>", "</style>");
  unsigned char hash[32];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), hash, &size, EVP_sha256(), nullptr);
  EXPECT_THAT(page, HasSubstr("default-src &#39;none&#39;"));
  Html wanted;
  wanted << std::string_view("style-src 'sha256-" + base64({reinterpret_cast<const char*>(hash), size}) + "'");
  EXPECT_THAT(page, HasSubstr(wanted.text()));
  EXPECT_THAT(page, Not(HasSubstr(" style=")));
  EXPECT_THAT(text, Not(HasSubstr("url(")));
  EXPECT_THAT(text, Not(HasSubstr("@import")));
}

TEST_F(Page, AsksNobodyForAnything) {
  digest->add(ok(1));
  digest->add(failed(2, Reason::reset));
  sheet.pictures.push_back({{4, "", "", "png", 3, 1, 1}, "abc"});
  const auto page = drawn();
  EXPECT_THAT(page, HasSubstr("src=\"data:image/png;base64,YWJj\""));
  for (const auto* link : {"href=", "src=\"http", "<link", "<script", "<iframe", "<form"}) {
    EXPECT_THAT(page, Not(HasSubstr(link)));
  }
}

TEST_F(Page, SaysWhatItDoesNotCount) {
  job.damaged = 2;
  job.state = JobFacts::State::broken;
  job.trouble = "line 9: truncated";
  digest->add(ok(1));
  const auto page = drawn();
  EXPECT_THAT(page, HasSubstr("2 lines of the journal are no records"));
  EXPECT_THAT(page, HasSubstr("line 9: truncated"));
}

TEST_F(Page, OfNothingIsAPage) {
  job.state = JobFacts::State::running;
  const auto page = drawn();
  EXPECT_THAT(page, HasSubstr("No line has ended yet."));
  EXPECT_THAT(page, Not(HasSubstr("<section")));
  EXPECT_THAT(page, HasSubstr("</html>"));
}

}  // namespace
}  // namespace gannet::page
