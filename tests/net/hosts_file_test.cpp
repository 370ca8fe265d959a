#include "net/hosts_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace gannet::net {
namespace {

class HostsFileTest : public testing::Test {
 protected:
  ~HostsFileTest() override { std::filesystem::remove(path); }

  void write(const std::string& text) {
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
  }

  std::string find(HostsFile& file, const std::string& name) {
    std::string all;
    for (const auto& address : file.find(name, now)) all += (all.empty() ? "" : " ") + address.to_string();
    return all;
  }

  // Until it does, or for 10 s.
  bool comes_to_say(HostsFile& file, const std::string& name, const std::string& addresses) {
    for (const auto give_up = Clock::now() + 10s; Clock::now() < give_up; std::this_thread::yield()) {
      if (find(file, name) == addresses) return true;
    }
    return false;
  }

  const std::string path = testing::TempDir() + "hosts." + std::to_string(::getpid());
  TimePoint now{1h};
};

TEST_F(HostsFileTest, NamesAndAliasesInAnyCaseAndComments) {
  write(
      "# 192.0.2.9 no.test\n\n 192.0.2.1\tOne.test  alias.test # not.test\r\n2001:DB8::1 one.test\n192.0.2.1 "
      "one.test\n");
  HostsFile file(path);
  EXPECT_EQ(find(file, "one.TEST"), "192.0.2.1 2001:db8::1");
  EXPECT_EQ(find(file, "alias.test"), "192.0.2.1");
  for (const char* name : {"no.test", "not.test", "#", "", "192.0.2.1"}) EXPECT_EQ(find(file, name), "") << name;
}

TEST_F(HostsFileTest, LinesThatMakeNoSenseAreNotHeard) {
  write("nonsense one.test\nfe80::1%lo one.test\n192.0.2.1\n192.0.2.2 one.test");
  HostsFile file(path);
  EXPECT_EQ(find(file, "one.test"), "192.0.2.2");
}

TEST_F(HostsFileTest, ThisMachineIsKnownWithoutAFile) {
  HostsFile file(path);
  EXPECT_EQ(find(file, "localhost"), "::1 127.0.0.1");
  EXPECT_EQ(find(file, "a.localhost"), "::1 127.0.0.1");
  EXPECT_EQ(find(file, "notlocalhost"), "");
}

TEST_F(HostsFileTest, ChangesAreSeen) {
  write("192.0.2.1 one.test\n");
  HostsFile file(path);
  HostsFile other_lane(path);
  EXPECT_EQ(find(file, "one.test"), "192.0.2.1");
  write("192.0.2.2 one.test\n");
  now += 1s;
  EXPECT_TRUE(comes_to_say(file, "one.test", "192.0.2.2"));
  EXPECT_TRUE(comes_to_say(other_lane, "one.test", "192.0.2.2"));
  std::filesystem::remove(path);
  now += 1s;
  EXPECT_TRUE(comes_to_say(file, "one.test", ""));
}

TEST_F(HostsFileTest, ItIsNotLookedAtForEveryName) {
  write("192.0.2.1 one.test\n");
  HostsFile file(path);
  EXPECT_EQ(find(file, "one.test"), "192.0.2.1");
  write("192.0.2.2 one.test\n");
  now += 999ms;
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(find(file, "one.test"), "192.0.2.1");
}

TEST_F(HostsFileTest, ANameWithThousandsOfAddressesKeepsAFew) {
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250) + " one.test\n";
  write(text);
  EXPECT_EQ(HostsFile(path).find("one.test", now).size(), 16u);
}

}  // namespace
}  // namespace gannet::net
