#include "tests/sim/oracle.h"

#include <gtest/gtest.h>

#include "tests/sim/object_model.h"

namespace stead::test {
namespace {

class Models : public ::testing::Test {
 protected:
  Oracle& oracle() { return model.oracle(); }
  std::string dump() {
    oracle().migrate(1);
    return oracle().dump();
  }
  /// One commit; what everything is after it.
  std::string commit(const std::string& sql) {
    oracle().migrate(1);
    EXPECT_TRUE(oracle().run(sql));
    model.committed(++sequence);
    const auto text = oracle().dump();
    return text;
  }
  std::string insert(int id) {
    return commit("INSERT INTO item(id) VALUES(" + std::to_string(id) + ")");
  }

  ObjectModel model{{Workload::Kind::list, "o"}};
  std::uint64_t sequence = 0;
};

TEST_F(Models, GoBackCommitByCommit) {
  const auto one = insert(1);
  const auto two = insert(2);
  insert(3);
  oracle().go_back(2);
  EXPECT_EQ(oracle().dump(), two);
  oracle().go_back(1);
  EXPECT_EQ(oracle().dump(), one);
  EXPECT_EQ(oracle().commits(), 1U);
  EXPECT_EQ(insert(2), two);
}

TEST_F(Models, DropAnOpenTurn) {
  const auto one = insert(1);
  EXPECT_TRUE(oracle().run("DELETE FROM item"));
  oracle().put("k", "v");
  EXPECT_NE(oracle().dump(), one);
  oracle().drop_turn();
  EXPECT_EQ(oracle().dump(), one);
}

TEST_F(Models, TellThatAStatementFailed) {
  insert(1);
  EXPECT_FALSE(oracle().run("INSERT INTO item(id) VALUES(1)"));
}

TEST_F(Models, ForgetEverythingAndGoBackBehindThat) {
  const auto empty = dump();
  oracle().put("k", "v");
  const auto one = insert(1);
  model.clearing_begins();
  model.committed(++sequence);
  EXPECT_EQ(dump(), empty);
  oracle().drop_turn();
  oracle().go_back(1);
  EXPECT_EQ(oracle().dump(), one);
}

TEST_F(Models, ChangeTheirSchema) {
  insert(1);
  oracle().migrate(3);
  EXPECT_EQ(oracle().query("SELECT mark FROM item"), "1|\n");
  oracle().drop_turn();
  oracle().migrate(2);
  EXPECT_EQ(oracle().query("SELECT tag FROM item"), "7|\n");
}

TEST_F(Models, AcceptAnyStateBetweenWhatWasAcknowledgedAndEverything) {
  const auto one = insert(1);
  const auto two = insert(2);
  const auto three = insert(3);
  model.acknowledge(2);
  model.crashed();
  EXPECT_TRUE(model.compare(one, 1)) << "an acknowledged commit is missing";
  model.crashed();
  EXPECT_FALSE(model.compare(two, 1));
  EXPECT_TRUE(model.compare(three, 1)) << "it was found to be lost";
}

TEST_F(Models, AcceptNothingElse) {
  insert(1);
  const auto two = insert(2);
  model.crashed();
  oracle().go_back(0);
  const auto other = insert(2);
  oracle().go_back(0);
  insert(1);
  insert(2);
  model.crashed();
  EXPECT_TRUE(model.compare(other, 1)) << "the second commit without the first";
}

TEST_F(Models, TakeBackWhatFailed) {
  const auto one = insert(1);
  insert(2);
  insert(3);
  EXPECT_FALSE(model.outcome_durable(1));
  EXPECT_FALSE(model.outcome_failed(2));
  EXPECT_FALSE(model.outcome_failed(3));
  EXPECT_TRUE(model.outcome_durable(3)) << "it builds on one that failed";
  EXPECT_FALSE(model.compare(one, 1));
}

TEST(DumpFile, SaysWhenThereIsNoDatabase) {
  EXPECT_TRUE(dump_file({}).starts_with("damaged"));
  EXPECT_TRUE(dump_file(Bytes(4096, 7)).starts_with("damaged"));
}

}  // namespace
}  // namespace stead::test
