#include "cli/find_jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

using test::write_file;
using testing::HasSubstr;

class FindJobs : public testing::Test {
 protected:
  FindJobs() {
    for (const auto& path : {layout.active(), layout.done(), layout.failed(), layout.rejected()}) {
      fs::create_directories(path);
    }
    make(layout.done(), "20261126T120000-0001-cats");
    make(layout.done(), "20261126T120000-0002-dogs");
    make(layout.active(), "20261126T130000-0003-cats");
    make(layout.failed(), "20261126T140000-0004-torn_list");
  }

  static void make(const fs::path& parent, const std::string& id) {
    fs::create_directories(parent / id);
    write_file(parent / id / "list.txt", "");
  }

  // The ids, or why there are none.
  std::string found(const std::string& name) const {
    const auto jobs = find_jobs(layout, name);
    if (!jobs) return jobs.error().detail;
    std::string ids;
    for (const auto& job : *jobs) ids += (ids.empty() ? "" : " ") + job.job.id + '/' + std::string(name_of(job.state));
    return ids;
  }

  test::TempFolder folder;
  Layout layout{folder / "root"};
};

TEST_F(FindJobs, ByIdAndItsStart) {
  EXPECT_EQ(found("20261126T120000-0002-dogs"), "20261126T120000-0002-dogs/done");
  EXPECT_EQ(found("20261126T1200"),
            "there are 2 jobs 20261126T1200: say which: 20261126T120000-0002-dogs, "
            "20261126T120000-0001-cats");
  EXPECT_EQ(found("20261126T13"), "20261126T130000-0003-cats/active");
  make(layout.done(), "20261126T120000-0001-cats-2");
  EXPECT_EQ(found("20261126T120000-0001-cats"), "20261126T120000-0001-cats/done");
}

TEST_F(FindJobs, ByTheNameOfItsList) {
  EXPECT_EQ(found("dogs"), "20261126T120000-0002-dogs/done");
  EXPECT_EQ(found("dogs.csv.gz"), "20261126T120000-0002-dogs/done");
  EXPECT_EQ(found("torn list.txt"), "20261126T140000-0004-torn_list/failed");
  EXPECT_THAT(found("cats"), HasSubstr("there are 2 jobs cats: say which: 20261126T130000-0003-cats, "));
}

TEST_F(FindJobs, ByThePathOfItsFolder) {
  EXPECT_EQ(found((layout.done() / "20261126T120000-0002-dogs").string() + '/'), "20261126T120000-0002-dogs/done");
}

TEST_F(FindJobs, AllAtOnce) {
  EXPECT_EQ(found("all"),
            "20261126T120000-0001-cats/done 20261126T120000-0002-dogs/done "
            "20261126T130000-0003-cats/active 20261126T140000-0004-torn_list/failed");
}

TEST_F(FindJobs, SaysWhyThereIsNone) {
  EXPECT_EQ(found("birds"), "there is no job birds in active/, done/ or failed/ of " + layout.root.string());
  fs::create_directory(layout.rejected() / "20261126T150000-0005-photo");
  EXPECT_THAT(found("20261126T150000-0005-photo"), HasSubstr("was rejected: it was no list, see reason.txt in "));
  fs::create_directory_symlink(layout.done(), layout.done() / "link");
  for (const auto& name : {"", "/", ".", "..", "link"}) EXPECT_THAT(found(name), testing::StartsWith("there ")) << name;
  fs::remove_all(layout.root);
  EXPECT_THAT(found("cats"), HasSubstr("active: No such file or directory: is this the daemon's root? (key `root`)"));
}

TEST_F(FindJobs, WhatAnEndedJobWasIsInItsSummary) {
  const std::string id = "20261126T120000-0002-dogs";
  write_file(layout.done() / id / "summary.json",
             R"({"job":"x","source":"dogs.CSV.gz","list_state":"1-2-3","priority":"bulk"})");
  const auto jobs = find_jobs(layout, id);
  ASSERT_TRUE(jobs);
  EXPECT_EQ(jobs->front().job.id, id);
  EXPECT_EQ(jobs->front().job.list(), layout.done() / id / "list.txt");
  EXPECT_EQ(jobs->front().job.source, "dogs.CSV.gz");
  EXPECT_EQ(jobs->front().job.list_state, "1-2-3");
  EXPECT_EQ(jobs->front().job.priority, Priority::bulk);
}

}  // namespace
}  // namespace gannet::cli
