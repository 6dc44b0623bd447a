#include "node/transport/reply_budget.h"

#include <algorithm>
#include <utility>

namespace capsize::transport {
namespace {

// Memory of a message beyond its bytes, so that many small replies are bounded as well.
constexpr std::uint64_t kReplyOverheadBytes = 256;

std::uint64_t weight(const std::string& reply) {
  return reply.size() + kReplyOverheadBytes;
}

}  // namespace

void return_reply(void* /*bytes*/, void* lent) {
  const std::unique_ptr<LentReply> reply(static_cast<LentReply*>(lent));
  const std::uint64_t bytes = weight(reply->bytes);
  reply->client->bytes -= bytes;
  reply->client->all->bytes -= bytes;
}

std::unique_ptr<LentReply> ReplyBudget::lend(const std::string& client, std::string reply) {
  if (clients_.size() >= sweep_at_) forget_idle_clients();
  auto& known = clients_[client];
  if (!known) {
    known = std::make_shared<BytesUnderWay>();
    known->all = all_;
  }
  // Relaxed accuracy is enough: the callback may lower the counters at any moment, never raise
  // them.
  const std::uint64_t bytes = weight(reply);
  const std::uint64_t unread = known->bytes;
  if ((unread > 0 && unread + bytes > client_bytes_max_) || all_->bytes + bytes > bytes_max_) {
    ++dropped_;
    return nullptr;
  }
  known->bytes += bytes;
  all_->bytes += bytes;
  return std::make_unique<LentReply>(LentReply{std::move(reply), known});
}

void ReplyBudget::forget_idle_clients() {
  std::erase_if(clients_, [](const auto& client) { return client.second->bytes == 0; });
  sweep_at_ = std::max<std::size_t>(1024, 2 * clients_.size());
}

}  // namespace capsize::transport
