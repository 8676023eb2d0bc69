#include "fhir/path/batch.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <utility>

#include "fhir/path/plan.hpp"
#include "fhir/path/render.hpp"

namespace fhir::path {
namespace {

struct Request {
  std::string id = "null";  ///< JSON text.
  std::string file;
  std::string expression;
  std::string context;
  bool strict = false;
};

tl::unexpected<Failure> refuse(FailureKind kind, std::string message) {
  return tl::unexpected<Failure>(Failure{kind, 0, std::move(message)});
}

/// A string member; false when it is there and no string.
bool read_text(const rapidjson::Document& document, const char* name, std::string& out) {
  const auto member = document.FindMember(name);
  if (member == document.MemberEnd() || member->value.IsNull()) return true;
  if (!member->value.IsString()) return false;
  out.assign(member->value.GetString(), member->value.GetStringLength());
  return true;
}

Outcome<bool> read_request(std::string_view line, Request& out) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(line.data(),
                                                                                         line.size());
  if (document.HasParseError() || !document.IsObject())
    return refuse(FailureKind::kSyntax, "a request is one JSON object");
  if (const auto id = document.FindMember("id"); id != document.MemberEnd()) {
    if (id->value.IsObject() || id->value.IsArray())
      return refuse(FailureKind::kSyntax, "'id' is a string or a number");
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    id->value.Accept(writer);
    out.id.assign(buffer.GetString(), buffer.GetSize());
  }
  std::string mode;
  const bool texts = read_text(document, "file", out.file) &&
                     read_text(document, "expression", out.expression) &&
                     read_text(document, "context", out.context) && read_text(document, "mode", mode);
  if (!texts) return refuse(FailureKind::kSyntax, "'file', 'expression', 'context' and 'mode' are strings");
  if (!document.HasMember("expression")) return refuse(FailureKind::kSyntax, "'expression' is missing");
  out.strict = mode == "strict";
  return true;
}

Outcome<Collection> run(const std::string& text, const CompileOptions& compile, const BatchOptions& options,
                        const EvalContext& context) {
  auto plan = Plan::compile(text, options.table, compile);
  if (!plan) return tl::unexpected<Failure>(std::move(plan).error());
  return evaluate(**plan, context);
}

Outcome<Collection> answer(const Request& request, const BatchOptions& options, tree::TreePtr& tree) {
  if (!request.file.empty()) {
    auto read = options.read_file(request.file);
    if (!read) return refuse(FailureKind::kExecution, "cannot read the file: " + read.error().detail);
    tree = std::move(*read);
  }
  const tree::Node root = tree ? tree->root() : tree::Node();
  const std::unique_ptr<Host> host = options.make_host && root ? options.make_host(root) : nullptr;
  EvalContext context;
  context.root = root;
  context.clock = &options.clock;
  context.host = host.get();
  context.limits = options.limits;
  CompileOptions compile;
  compile.strict = request.strict;
  compile.input_type = root.type();
  if (request.context.empty()) return run(request.expression, compile, options, context);
  const auto focus = run(request.context, compile, options, context);
  if (!focus) return tl::unexpected<Failure>(focus.error());
  context.focus = std::span<const Value>(focus->data(), focus->size());
  compile.input_type =
      focus->empty() || !(*focus)[0].is_node() ? std::string_view() : (*focus)[0].node().type();
  return run(request.expression, compile, options, context);
}

}  // namespace

std::string answer_request(std::string_view line, const BatchOptions& options) {
  Request request;
  tree::TreePtr tree;  // Result items point into it.
  const auto read = read_request(line, request);
  const Outcome<Collection> result =
      read ? answer(request, options, tree) : Outcome<Collection>(tl::unexpected<Failure>(read.error()));
  std::string out = "{\"id\":" + request.id;
  if (!result) {
    append_failure(out.append(",\"error\":"), result.error());
    return out.append("}");
  }
  out.append(",\"result\":[");
  for (std::size_t i = 0; i < result->size(); ++i) {
    if (i > 0) out.push_back(',');
    append_result(out, (*result)[i]);
  }
  return out.append("]}");
}

}  // namespace fhir::path
