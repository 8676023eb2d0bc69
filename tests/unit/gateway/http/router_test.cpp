#include "gateway/http/router.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace gateway::http {
namespace {

/// Answers with its name and what was captured.
class NamedHandler final : public Handler {
 public:
  explicit NamedHandler(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] async::awaitable<Response> handle(Request request) override {
    std::string text = name_;
    for (const auto& [name, value] : request.captures)
      text.append(" ").append(name).append("=").append(value);
    return ready(make_response(200, "text/plain", std::move(text)));
  }

 private:
  std::string name_;
};

async::awaitable<void> ask(Router& router, Request request, Response& response) {
  response = co_await router.handle(std::move(request));
}

Response send(Router& router, Method method, const std::string& target) {
  Request request;
  request.method = method;
  request.target = *Target::parse(target);
  Response response;
  boost::asio::io_context io(1);
  boost::asio::co_spawn(io, ask(router, std::move(request), response), boost::asio::detached);
  io.run();
  return response;
}

struct RouteRow {
  Method method;
  const char* target;
  int status;
  const char* text;  // body of a 200, Allow of a 405 or 204
};

TEST(Router, MatchesMethodAndPath) {
  NamedHandler root("root"), read("read"), search("search"), update("update"), message("message"),
      metadata("metadata"), operation("operation");
  Router router(plain_error);
  router.add(Method::kGet, "/{type}/{id}", read);
  router.add(Method::kPut, "/{type}/{id}", update);
  router.add(Method::kGet, "/{type}", search);
  router.add(Method::kGet, "/metadata", metadata);
  router.add(Method::kPost, "/$process-message", message);
  router.add(Method::kPost, "/", root);
  router.add(Method::kGet, "/Task/$queue", operation);
  const std::vector<RouteRow> rows = {
      {Method::kGet, "/Task/17", 200, "read type=Task id=17"},
      {Method::kGet, "/Task/a%2Fb", 200, "read type=Task id=a/b"},
      {Method::kHead, "/Task/17", 200, "read type=Task id=17"},
      {Method::kPut, "/Task/17", 200, "update type=Task id=17"},
      {Method::kGet, "/Task", 200, "search type=Task"},
      {Method::kGet, "/metadata", 200, "metadata"},
      {Method::kGet, "/Task/$queue", 200, "operation"},
      {Method::kPost, "/$process-message", 200, "message"},
      {Method::kPost, "/", 200, "root"},
      {Method::kGet, "/$process-message", 405, "POST"},
      {Method::kPost, "/metadata", 405, "GET, HEAD"},
      {Method::kDelete, "/Task/17", 405, "GET, HEAD, PUT"},
      {Method::kGet, "/", 405, "POST"},
      {Method::kOptions, "/Task/17", 204, "GET, HEAD, PUT"},
      {Method::kGet, "/Task/17/x", 404, ""},
      {Method::kOptions, "/Task/17/x", 404, ""},
  };
  for (const RouteRow& row : rows) {
    const Response response = send(router, row.method, row.target);
    const std::string name = std::string(to_text(row.method)) + " " + row.target;
    EXPECT_EQ(response.status, row.status) << name;
    if (row.status == 200) EXPECT_EQ(response.body, row.text) << name;
    if (row.status == 405 || row.status == 204) EXPECT_EQ(response.headers.find("Allow"), row.text) << name;
    EXPECT_EQ(response.body.find("17/x"), std::string::npos) << "an answer does not quote the target";
  }
}

TEST(Router, RefusesABadPattern) {
  NamedHandler handler("x");
  Router router(plain_error);
  router.add(Method::kGet, "/a/{id}", handler);
  EXPECT_THROW(router.add(Method::kGet, "/a/{id}", handler), std::invalid_argument);
  EXPECT_THROW(router.add(Method::kGet, "a", handler), std::invalid_argument);
  EXPECT_THROW(router.add(Method::kGet, "/a//b", handler), std::invalid_argument);
}

}  // namespace
}  // namespace gateway::http
