// The YAML of a .job file, of which every byte may be hostile.
#include "config/job_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/list_keys.hpp"

namespace gannet::config {
namespace {

using testing::HasSubstr;

std::string wrong(const std::string& text) {
  const auto order = read_job_order(text);
  if (order) return "nothing";
  EXPECT_EQ(order.error().reason, Reason::bad_url);
  return order.error().detail;
}

TEST(JobOrder, NamesAListAndHowToFetchIt) {
  for (const auto* text : {"list: /srv/a.csv\npriority: bulk\nfetch:\n  tries: 2\n  per_host: {delay: 1s}\n",
                           "fetch.per_host.delay: 1s\nfetch.tries: 2\npriority: bulk\nlist: /srv/a.csv\n",
                           "{\"list\": \"/srv/a.csv\", \"priority\": \"bulk\", \"fetch\": {\"tries\": 2, "
                           "\"per_host.delay\": \"1s\"}}",
                           "# said\n---\nlist: /srv/a.csv\npriority: bulk\nfetch: &x\n  tries: 2\n  per_host:\n    "
                           "delay: 1s\ndecode:\n"}) {
    const auto order = read_job_order(text);
    ASSERT_TRUE(order) << order.error().detail;
    EXPECT_EQ(order->list, "/srv/a.csv");
    JobOptions options;
    EXPECT_TRUE(order->options.apply_to(options));
    EXPECT_EQ(options.priority, Priority::bulk);
    EXPECT_EQ(options.tries, 2u);
    EXPECT_EQ(options.limits.delay, 1s);
  }
}

TEST(JobOrder, WhatAListMayNotSayIsRefusedWithItsLine) {
  const std::string names = "a list may set " + list_key_names();
  EXPECT_EQ(wrong("list: /a.txt\nfetch:\n  proxy: http://127.0.0.1:1\n"),
            "line 3: fetch.proxy: not for a list to say; " + names);
  EXPECT_EQ(wrong("list: /a.txt\nfetch.hosts: {a.example: {cookie: x}}\n"),
            "line 2: fetch.hosts: not for a list to say; " + names);
  EXPECT_EQ(wrong("lists: /a.txt\n"), "line 1: lists: unknown key; " + names);
  EXPECT_EQ(wrong("list: /a.txt\n\nfetch.tries: [1]\n"), "line 3: fetch.tries: a list is not accepted; one value is");
  EXPECT_EQ(wrong("list: /a.txt\nfetch.tries: 0\n"),
            "line 2: fetch.tries: '0' is not accepted; a whole number from 1 to 20");
  EXPECT_EQ(wrong("list: /a.txt\nfetch: 3\n"), "line 2: fetch: '3' is not accepted; this is a section of keys");
  EXPECT_EQ(wrong("list: /a.txt\nfetch: {tries: 1}\nfetch.tries: 2\n"),
            "line 3: fetch.tries: given twice; the first is on line 2");
  EXPECT_EQ(wrong("list: /a.txt\n? [a]\n: b\n"), "line 2: a list is not the name of a key");
}

TEST(JobOrder, TheListIsAnAbsolutePathWithoutStepsBack) {
  for (const auto* path : {"a.txt", "/srv/../etc/passwd", "../a.txt", "", "/srv/", "~/a.txt", "\"/srv/a\\0.txt\""}) {
    EXPECT_THAT(wrong(std::string("list: ") + path + "\n"), HasSubstr("line 1: list: ")) << path;
  }
  EXPECT_EQ(wrong("list: /a.txt\nlist: /b.txt\n"), "line 2: list: given twice");
  EXPECT_EQ(wrong("priority: bulk\n"), "no list; a .job file says which, as list: /path/of/the/list");
}

TEST(JobOrder, WhatIsNoTextOfKeysIsRefused) {
  EXPECT_EQ(wrong(""), "no keys; a .job file has at least list: /path/of/the/list");
  EXPECT_EQ(wrong("/srv/a.txt\n"), "no keys; a .job file has at least list: /path/of/the/list");
  EXPECT_EQ(wrong("- list\n"), "no keys; a .job file has at least list: /path/of/the/list");
  EXPECT_EQ(wrong("list: \xff\n"), "not a text in UTF-8");
  EXPECT_EQ(wrong("list: /a.txt\n\x04"), "line 2: a control character");
  EXPECT_THAT(wrong("list: /a.txt\n---\nfetch.tries: 1\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(wrong("list: [/a.txt\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(wrong(std::string(5000, '[')), HasSubstr("not valid YAML"));
}

TEST(JobOrder, AliasesMakeNothingLarge) {
  std::string text = "list: /a.txt\nx0: &x0 [a,a,a,a,a,a,a,a,a,a]\n";
  for (int i = 1; i < 20; ++i) {
    const auto name = std::to_string(i), before = "*x" + std::to_string(i - 1);
    text += "x" + name + ": &x" + name + " [" + before + "," + before + "," + before + "]\n";
  }
  EXPECT_THAT(wrong(text), HasSubstr("line 2: x0: unknown key"));
  EXPECT_THAT(wrong("list: /a.txt\nfetch: &f\n  fetch: *f\n"), HasSubstr("fetch.fetch: unknown key"));
}

}  // namespace
}  // namespace gannet::config
