// Names of violations of queues, stacks and bags with indeterminate dequeues or equal elements.
#include <gtest/gtest.h>

#include "checker/report/anomaly.h"
#include "tests/checker/explain/script.h"

namespace capsize::checker {
namespace {

using testing::Script;

Script& add(Script& script, const std::string& value) {
  return script.call(1, "enqueue", value);
}
Script& take(Script& script, const std::string& value) {
  return script.call(2, "dequeue", "null", value);
}
Script& push(Script& script, const std::string& value) {
  return script.call(1, "push", value);
}
Script& pop(Script& script, const std::string& value) {
  return script.call(2, "pop", "null", value);
}

TEST(ExplainTurn, MoreOvertakenThanIndeterminateDequeues_AreLost) {
  Script queue;
  queue.invoke(7, "dequeue").info(7, "dequeue");
  for (const char* value : {"1", "2", "3"}) add(queue, value);
  take(queue, "3");
  queue.call(3, "dequeue", "null", "null");
  const Violation violation = queue.violation("fifo-queue");
  EXPECT_EQ(violation.anomaly, Anomaly::kLostElement);
  EXPECT_EQ(
      violation.sentence,
      "dequeue of x by process 2 took 3 out, though each of 1, 2 was before it for sure and "
      "no operation is known to have taken it out by then, and only 1 indeterminate operation "
      "can have: a lost element");
}

TEST(ExplainTurn, IndeterminateDequeueThatBeganLater_ExcusesNothing) {
  Script queue;
  add(queue, "1");
  add(queue, "2");
  take(queue, "2");
  queue.invoke(7, "dequeue").info(7, "dequeue");
  queue.call(3, "dequeue", "null", "null");
  EXPECT_EQ(
      queue.violation("fifo-queue").sentence,
      "dequeue of x by process 2 took 2 out, though 1 was put in by process 1 before enqueue "
      "2 to x by process 1 began, and no operation can have taken 1 out by then: a lost element");
}

TEST(ExplainTurn, EmptyWithTooManyIn_IsLost) {
  Script stack;
  stack.invoke(7, "pop").info(7, "pop");
  push(stack, "1");
  push(stack, "2");
  pop(stack, "null");
  EXPECT_EQ(
      stack.violation("stack").sentence,
      "pop of x by process 2 found nothing, though each of 1, 2 was in for sure and no "
      "operation is known to have taken it out by then, and only 1 indeterminate operation can "
      "have: a stale read or lost write");
}

TEST(ExplainTurn, StackOutOfOrder_IsReordered) {
  Script stack;
  for (const char* value : {"1", "2"}) push(stack, value);
  pop(stack, "1");
  pop(stack, "2");
  stack.invoke(7, "pop").info(7, "pop");
  const Violation violation = stack.violation("stack");
  EXPECT_EQ(violation.anomaly, Anomaly::kReorderedElement);
  EXPECT_EQ(violation.sentence,
            "pop of x by process 2 took 1 out, though 2 was put in by process 1 after push 1 to x "
            "by process 1 had been acknowledged, and 2 came out only later: a reordered element");
}

TEST(ExplainTurn, EqualElements_OutOfTurnLostOrTwice) {
  Script reordered;
  for (const char* value : {"1", "2", "1"}) add(reordered, value);
  for (const char* value : {"1", "1", "2"}) take(reordered, value);
  EXPECT_EQ(reordered.violation("fifo-queue").sentence,
            "dequeue of x by process 2 took 1 out before its turn: a reordered element");

  Script lost;
  for (const char* value : {"1", "1", "2"}) add(lost, value);
  for (const char* value : {"1", "2"}) take(lost, value);
  EXPECT_EQ(lost.violation("fifo-queue").sentence,
            "dequeue of x by process 2 took 2 out, where something else must have been, which no "
            "operation is known to have taken out: a reordered or lost element");

  Script twice;
  for (const char* value : {"1", "2", "2"}) add(twice, value);
  for (const char* value : {"1", "1"}) take(twice, value);
  add(twice, "1");
  const Violation violation = twice.violation("bag");
  EXPECT_EQ(violation.anomaly, Anomaly::kDuplicateElement);
  EXPECT_EQ(
      violation.sentence,
      "dequeue of x by process 2 took 1 out, as another one did, though it was put in once by "
      "then: a duplicate element");
}

}  // namespace
}  // namespace capsize::checker
