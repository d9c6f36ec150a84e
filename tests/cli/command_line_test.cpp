#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace stead {
namespace {

using Command = CommandLine::Command;
using testing::HasSubstr;

class CommandLineTest : public testing::Test {
 protected:
  /// The exit status, or -1 if there is something to run.
  int status_of(std::vector<const char*> arguments, Projects projects = Projects::no) {
    arguments.insert(arguments.begin(), "/usr/bin/program");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    auto parsed =
        parse_command_line(static_cast<int>(arguments.size()), arguments.data(), projects);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    if (const auto* status = std::get_if<int>(&parsed)) return *status;
    line_ = std::get<CommandLine>(std::move(parsed));
    return -1;
  }

  CommandLine line_;
  std::string out_;
  std::string err_;
};

TEST_F(CommandLineTest, KeepsTheFlagsOfServeWithOwnOnesAfterSet) {
  ASSERT_EQ(status_of({"serve", "--listen", "a:1", "--data", "d", "--shards", "2", "--log-level",
                       "debug", "--config", "c", "--set", "listen=b:2", "--set", "vars.A=x=y"}),
            -1);
  EXPECT_EQ(line_.command, Command::serve);
  EXPECT_EQ(line_.config.file, "c");
  std::vector<std::string> flags;
  for (const auto& [flag, name, value] : line_.config.flags) flags.push_back(name + "=" + value);
  EXPECT_THAT(flags, testing::ElementsAre("listen=b:2", "vars.A=x=y", "data=d", "listen=a:1",
                                          "shards=2", "log_level=debug"));
}

TEST_F(CommandLineTest, ReadsObjectCommands) {
  ASSERT_EQ(status_of({"object", "list", "Counter", "--prefix", "al", "--limit", "5", "--json",
                       "--data", "d"}),
            -1);
  EXPECT_EQ(line_.command, Command::object_list);
  EXPECT_EQ(line_.class_name, "Counter");
  EXPECT_EQ(line_.prefix, "al");
  EXPECT_EQ(line_.limit, 5U);
  EXPECT_TRUE(line_.json);
  EXPECT_EQ(line_.config.flags.at(0).value, "d");

  ASSERT_EQ(status_of({"object", "--data", "d", "sql", "Counter", "alice", "SELECT 1"}), -1);
  EXPECT_EQ(line_.command, Command::object_sql);
  EXPECT_EQ(line_.object, "alice");
  EXPECT_EQ(line_.sql, "SELECT 1");
  EXPECT_FALSE(line_.write);

  ASSERT_EQ(status_of({"object", "show", "Counter", "--id", "abc"}), -1);
  EXPECT_TRUE(line_.by_id);
  EXPECT_EQ(line_.object, "abc");

  ASSERT_EQ(status_of({"object", "delete", "Counter", "--", "--odd"}), -1);
  EXPECT_EQ(line_.object, "--odd");
  EXPECT_FALSE(line_.yes);
}

TEST_F(CommandLineTest, HasProjectsOnlyWhereTheyAre) {
  EXPECT_EQ(status_of({"dev", "."}), 2);
  EXPECT_EQ(status_of({"serve", "."}), 2);
  ASSERT_EQ(status_of({"serve", "shop", "--env", "test"}, Projects::yes), -1);
  EXPECT_EQ(line_.project.folder, "shop");
  EXPECT_EQ(line_.project.environment, "test");
}

TEST_F(CommandLineTest, TakesWhatWranglerDevTakes) {
  ASSERT_EQ(status_of({"dev", "--port", "8000", "--local", "--inspector-port", "0", "--log-level",
                       "warn", "--persist-to", "state", "--x-later", "shop"},
                      Projects::yes),
            -1);
  EXPECT_EQ(line_.command, Command::dev);
  EXPECT_EQ(line_.project.folder, "shop");
  EXPECT_EQ(line_.project.port, "8000");
  EXPECT_EQ(line_.project.persist_to, "state");
  EXPECT_EQ(line_.config.flags.at(0).value, "warning");
  EXPECT_THAT(line_.project.ignored,
              testing::ElementsAre("--x-later", "--inspector-port", "--local"));
  EXPECT_EQ(status_of({"dev", "--prot", "8000"}, Projects::yes), 2);
}

TEST_F(CommandLineTest, LeavesTheWordsOfManagementCommandsAlone) {
  const auto command_of = [&](std::vector<const char*> words) {
    words.insert(words.begin(), "manage");
    EXPECT_EQ(status_of(std::move(words), Projects::yes), -1);
    return line_.project.command;
  };
  using testing::ElementsAre;
  EXPECT_THAT(command_of({"./shop", "--all", "--jobs", "8", "migrate", "--fake", "shop"}),
              ElementsAre("migrate", "--fake", "shop"));
  EXPECT_TRUE(line_.project.all);
  EXPECT_EQ(line_.project.jobs, 8U);
  EXPECT_THAT(command_of({"--object", "a", "--object", "b", "--", "loaddata", "x.json"}),
              ElementsAre("loaddata", "x.json"));
  EXPECT_THAT(line_.project.objects, ElementsAre("a", "b"));
  EXPECT_EQ(line_.project.folder, "");
  EXPECT_THAT(command_of({"./shop", "--object=a", "shell", "--", "-c", "1"}),
              ElementsAre("shell", "--", "-c", "1"));
  EXPECT_THAT(command_of({"./shop"}), ElementsAre());
}

TEST_F(CommandLineTest, ReadsJournalCommands) {
  ASSERT_EQ(status_of({"journal", "verify", "--data", "d"}), -1);
  EXPECT_EQ(line_.command, Command::journal_verify);
  EXPECT_EQ(line_.config.flags.at(0).value, "d");
  const std::string id(64, 'a');
  ASSERT_EQ(status_of({"journal", "dump", "--object", id.c_str(), "--pages", "--json"}), -1);
  EXPECT_EQ(line_.command, Command::journal_dump);
  EXPECT_EQ(line_.object, id);
  EXPECT_TRUE(line_.pages);
  EXPECT_TRUE(line_.json);
  EXPECT_EQ(status_of({"journal"}), 2);
  EXPECT_EQ(status_of({"journal", "dump", "--object", "alice"}), 2);
  EXPECT_THAT(err_, HasSubstr("64 hexadecimal digits"));
  EXPECT_EQ(status_of({"journal", "verify", "--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("1 damaged"));
}

TEST_F(CommandLineTest, HelpIsASuccessOnStdout) {
  EXPECT_EQ(status_of({"--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("serve"));
  EXPECT_EQ(status_of({"serve", "--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("http.body_bytes"));
  EXPECT_THAT(out_, HasSubstr("--listen"));
  EXPECT_EQ(status_of({"object", "--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("export"));
  EXPECT_EQ(status_of({"object", "delete", "--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("--yes"));
}

TEST_F(CommandLineTest, WrongUsageIsTwoOnStderr) {
  EXPECT_EQ(status_of({}), 2);
  EXPECT_THAT(err_, HasSubstr("serve"));
  for (const std::vector<const char*>& arguments :
       std::initializer_list<std::vector<const char*>>{{"object"},
                                                       {"--frobnicate"},
                                                       {"frobnicate"},
                                                       {"serve", "--frobnicate"},
                                                       {"serve", "--listen"},
                                                       {"serve", "extra"},
                                                       {"serve", "--set", "nothing"},
                                                       {"object", "frobnicate"},
                                                       {"object", "show", "Counter"},
                                                       {"object", "sql", "Counter", "alice"},
                                                       {"object", "list", "--limit", "many"},
                                                       {"object", "list", "--limit", "-1"},
                                                       {"serve", "object", "list"}}) {
    EXPECT_EQ(status_of(arguments), 2) << testing::PrintToString(arguments);
    EXPECT_THAT(out_, "");
    EXPECT_NE(err_, "");
  }
}

}  // namespace
}  // namespace stead
