// What a claimed job learns from its list, and what must be the same when it is opened again.
#include "inbox/open_job.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "core/disk.hpp"
#include "core/job_options.hpp"
#include "inbox/claim.hpp"
#include "inbox/inbox_support.hpp"
#include "inbox/job_file.hpp"

namespace gannet::inbox {
namespace {

using namespace test;
using testing::HasSubstr;

class OpenJob : public testing::Test {
 protected:
  Job claimed(const std::string& name, std::string_view text, Priority priority = Priority::normal) {
    auto job = claim(layout_, write_file(layout_.inbox() / name, text), priority, "id");
    EXPECT_TRUE(job);
    return *job;
  }
  Job of_named_list() { return claimed("a.job", "list: " + list_.string() + "\nfetch.tries: 2\n"); }

  TemporaryFolder folder_;
  Layout layout_{folder_.path() / "root"};
  std::filesystem::path list_ = write_file(folder_.path() / "lists/a.csv", "url\nhttp://a/\n");
  ListSettings settings_{.roots = {folder_.path() / "lists"}};
};

TEST_F(OpenJob, TakesTheOptionsOfItsList) {
  Job job = claimed("a.txt", "# c\n#! fetch.tries=2\nhttp://a/\n");
  ASSERT_TRUE(open_job(job, settings_));
  ASSERT_TRUE(job.options);
  EXPECT_EQ(job.options->tries, 2u);
}

TEST_F(OpenJob, HasNoOptionsWhenItsListSaysNothing) {
  Job job = claimed("a.txt", "http://a/\n#! fetch.tries=2\n");
  ASSERT_TRUE(open_job(job, settings_));
  EXPECT_EQ(job.options, nullptr);
}

TEST_F(OpenJob, TheFolderOfAListSaysMoreAboutItsPriorityThanTheList) {
  Job job = claimed("a.txt", "#! priority=urgent\nhttp://a/\n");
  ASSERT_TRUE(open_job(job, settings_));
  EXPECT_EQ(job.priority, Priority::urgent);
  job.priority = Priority::bulk;
  ASSERT_TRUE(open_job(job, settings_));
  EXPECT_EQ(job.priority, Priority::bulk);
}

TEST_F(OpenJob, ANamedListIsKnownAgainAfterARestart) {
  Job job = of_named_list();
  ASSERT_TRUE(open_job(job, settings_));
  auto again = unfinished(layout_);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].list_state, job.list_state);
  EXPECT_NE(again[0].list_state, "");
  ASSERT_TRUE(open_job(again[0], settings_));
  EXPECT_EQ(again[0].options->tries, 2u);
  EXPECT_EQ(read_file(list_), "url\nhttp://a/\n");
}

TEST_F(OpenJob, ANamedListThatChangedMeanwhileIsRefused) {
  Job job = of_named_list();
  ASSERT_TRUE(open_job(job, settings_));
  write_file(list_, "url\nhttp://a/\nhttp://b/\n");
  const auto opened = open_job(job, settings_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, Reason::disk_error);
  EXPECT_THAT(opened.error().detail, HasSubstr("is not what it was when its job began"));
  std::filesystem::remove(list_);
  EXPECT_THAT(open_job(job, settings_).error().detail, HasSubstr("No such file"));
}

TEST_F(OpenJob, WhatIsNotThereWhenTheJobBeginsWasNeverAList) {
  std::filesystem::remove(list_);
  Job job = of_named_list();
  const auto opened = open_job(job, settings_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, Reason::bad_url);
}

// No descriptor more than there are is to be had, while it lives.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const Descriptor next(::open("/", O_RDONLY));
    const rlimit limit{static_cast<rlim_t>(next.get()), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(OpenJob, WaitsWhileThereAreTooManyOpenFiles) {
  for (const bool named : {false, true}) {
    Job job = named ? of_named_list() : claimed("a.txt", "http://a/\n");
    auto list = [&] {
      const NoMoreFiles none;
      return open_job(job, settings_);
    }();
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().reason, Reason::disk_error);
    EXPECT_GT(list.error().again_in, 0ms) << list.error().detail;
    EXPECT_THAT(list.error().detail, HasSubstr("Too many open files"));
    EXPECT_TRUE(open_job(job, settings_));
    std::filesystem::remove_all(job.folder);
  }
}

}  // namespace
}  // namespace gannet::inbox
