// fetch.proxy and its company: where credentials come from, and whose they are.
#include <gtest/gtest.h>

#include "config_file.hpp"

namespace gannet::config {
namespace {

using std::filesystem::perms;

class ProxyKeysTest : public testing::Test {
 protected:
  // A file with credentials, or what is taken for one.
  std::string written(const std::string& content, perms permissions = perms::owner_read) {
    const auto path = file.folder() / ("secret" + std::to_string(++count));
    std::ofstream(path, std::ios::binary) << content;
    std::filesystem::permissions(path, permissions);
    return path.string();
  }

  ConfigFile file{""};
  int count = 0;
};

TEST_F(ProxyKeysTest, AreRead) {
  const auto secret = written("me:se:cret\n", perms::owner_read | perms::group_read);
  const Loaded loaded = load_text("fetch: {proxy: 'http://proxy.example:3128', proxy_credentials: " + secret +
                                  ", no_proxy: [Inside.example, .example.org, 10.0.0.0/8]}\n");
  ASSERT_EQ(all(loaded.mistakes), "");
  const FetchSettings& fetch = loaded.settings.fetch;
  EXPECT_EQ(fetch.proxy->text(), "http://proxy.example:3128");
  EXPECT_EQ(fetch.proxy->credentials.user, "me");
  EXPECT_EQ(fetch.proxy->credentials.password, "se:cret");
  EXPECT_EQ(fetch.no_proxy, (std::vector<std::string>{"inside.example", ".example.org", "10.0.0.0/8"}));
}

TEST_F(ProxyKeysTest, PasswordsInTheConfigurationAreRefused) {
  const auto mistakes = mistakes_in("fetch.proxy: http://me:secret@proxy.example:3128\n");
  EXPECT_NE(mistakes.find("a user name and password go into the file of proxy_credentials"), std::string::npos);
  EXPECT_EQ(load_text("fetch.proxy: direct\n").mistakes.size(), 1u);
  EXPECT_EQ(load_text("fetch.no_proxy: ['*.example.org']\n").mistakes.size(), 1u);
}

TEST_F(ProxyKeysTest, FilesThatEverybodyMayReadOrWriteOrThatHoldSomethingElseAreRefused) {
  const std::string everybody = "everybody may read or write it", one_line = "it does not hold one line, user:password",
                    length = "user name and password must have 1 to 255 bytes each";
  for (const auto& [bad, why] : {std::pair{written("me:secret\n", perms::owner_read | perms::others_read), everybody},
                                 {written("me:secret\n", perms::owner_all | perms::others_write), everybody},
                                 {written(""), one_line},
                                 {written("me\n"), one_line},
                                 {written("me:secret\nyou:secret\n"), one_line},
                                 {written(":secret\n"), length},
                                 {written("me:\n"), length},
                                 {written("me:" + std::string(256, 'x')), length},
                                 {file.folder().string(), "it is not a file"},
                                 {"/nowhere", "it cannot be read, No such file or directory"}}) {
    const auto mistakes = all(load(std::nullopt, {"fetch.proxy_credentials=" + bad}).mistakes);
    EXPECT_TRUE(mistakes.starts_with("--set fetch.proxy_credentials: '")) << mistakes;
    EXPECT_NE(mistakes.find("' is not accepted: " + why), std::string::npos) << mistakes;
    EXPECT_EQ(mistakes.find("secret:"), std::string::npos) << mistakes;
  }
  EXPECT_EQ(load(std::nullopt, {"fetch.proxy_credentials=" + written("me:secret\r\n")}).mistakes.size(), 0u);
}

TEST_F(ProxyKeysTest, CredentialsAreForTheProxyTheyAreNamedBeside) {
  const auto ours = written("me:secret"), theirs = written("you:other");
  const Loaded loaded = load_text("fetch:\n  proxy: http://proxy.example:3128\n  proxy_credentials: " + ours +
                                  "\n  hosts:\n"
                                  "    a.example: {proxy: 'socks5://else.example:1080'}\n"
                                  "    b.example: {proxy: 'socks5://else.example:1080', proxy_credentials: " +
                                  theirs +
                                  "}\n"
                                  "    c.example: {proxy: 'http://proxy.example:3128'}\n"
                                  "    d.example: {proxy: direct}\n");
  ASSERT_EQ(all(loaded.mistakes), "");
  const auto& hosts = loaded.settings.fetch.hosts;
  EXPECT_EQ(loaded.settings.fetch.proxy->credentials.user, "me");
  EXPECT_EQ(hosts[0].proxy->credentials.user, "");
  EXPECT_EQ(hosts[1].proxy->credentials.user, "you");
  EXPECT_EQ(hosts[2].proxy->credentials.user, "me");
  EXPECT_EQ(hosts[3].proxy->kind, Proxy::Kind::direct);
}

}  // namespace
}  // namespace gannet::config
