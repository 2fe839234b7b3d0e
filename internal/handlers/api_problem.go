package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/services/filing"
	"taxportal/web/views/errorview"
)

// problem is an error that has a type of its own in the answers to programs.
type problem struct {
	Status int
	Code   string // the stable end of the type
	Fields map[string]string
	cause  error
}

// Error returns the message of what was wrong.
func (p *problem) Error() string { return p.cause.Error() }

// Unwrap returns what was wrong.
func (p *problem) Unwrap() error { return p.cause }

// badParameter refuses a parameter of the address.
func badParameter(name, message string) error {
	return &problem{Status: http.StatusBadRequest, Code: "invalid-parameter", Fields: map[string]string{name: message},
		cause: fault.New(fault.Invalid, message)}
}

// problemType begins the type of every problem; what follows is one of the codes of problemTitles.
const problemType = "urn:taxportal:problem:"

// problemTitles are the kinds of problems in words. Their codes are stable: programs decide by them.
var problemTitles = map[string]string{
	"invalid-parameter": "参数有误", "idempotency-key-missing": "缺少 Idempotency-Key", "idempotency-key-reused": "Idempotency-Key 已用过",
	"unauthenticated": "令牌无效", "forbidden": "没有权限", "not-found": "没有这一项", "method-not-allowed": "不支持这种方法",
	"conflict": "与当前状态不符", "not-checked": "还没有校验完", "too-large": "内容过大", "unsupported-media-type": "不支持这种内容类型",
	"invalid": "内容有误", "locked": "已锁定", "too-many-requests": "请求过多", "internal": "系统故障", "unavailable": "暂时不可用",
}

// statusCodes are the codes of problems that have no better one than their status.
var statusCodes = map[int]string{
	http.StatusUnauthorized: "unauthenticated", http.StatusForbidden: "forbidden", http.StatusNotFound: "not-found",
	http.StatusMethodNotAllowed: "method-not-allowed", http.StatusConflict: "conflict", http.StatusRequestEntityTooLarge: "too-large",
	http.StatusUnsupportedMediaType: "unsupported-media-type", http.StatusUnprocessableEntity: "invalid", http.StatusLocked: "locked",
	http.StatusTooManyRequests: "too-many-requests", http.StatusServiceUnavailable: "unavailable",
}

// problemOf gives an error its status and the code of its type.
func problemOf(err error) (int, string, map[string]string) {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p.Status, p.Code, p.Fields
	case errors.Is(err, filing.ErrNoKey), errors.Is(err, filing.ErrBadKey):
		return http.StatusBadRequest, "idempotency-key-missing", nil
	case errors.Is(err, filing.ErrKeyReused):
		return http.StatusUnprocessableEntity, "idempotency-key-reused", nil
	case errors.Is(err, filing.ErrUnchecked):
		return http.StatusConflict, "not-checked", nil
	}
	fields, _ := fault.Fields(err)
	code := status(err)
	if name, ok := statusCodes[code]; ok {
		return code, name, fields
	}
	if code < http.StatusInternalServerError {
		return code, "invalid-parameter", fields
	}
	return code, "internal", fields
}

// problemBody is an answer of application/problem+json (RFC 9457). Event is what support asks for: the log has it too.
type problemBody struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail"`
	Event  string            `json:"event"`
	Errors map[string]string `json:"errors,omitempty"`
}

// failMachine answers a program with problem details.
func (a *App) failMachine(err error, c echo.Context) {
	code, name, fields := problemOf(err)
	if code >= http.StatusInternalServerError {
		a.Logger.Error("request failed", "event", middleware.RequestID(c), "route", c.Path(), "error", err)
	}
	detail, told := fault.Message(err)
	if !told {
		detail = machineSentence(code)
	}
	body, err := json.Marshal(problemBody{Type: problemType + name, Title: problemTitles[name], Status: code, Detail: detail,
		Event: middleware.RequestID(c), Errors: fields})
	if err == nil {
		err = c.Blob(code, typeProblem, body)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		a.Logger.Error("problem failed", "event", middleware.RequestID(c), "error", err)
	}
}

const typeProblem = "application/problem+json"

// machineSentence says for a program what a page's sentence says for people.
func machineSentence(code int) string {
	switch code {
	case http.StatusNotFound:
		return "没有这个地址。接口的全部地址见 /api/v1/openapi.json。"
	case http.StatusMethodNotAllowed:
		return "这个地址不支持这种请求方法，可用的见响应头 Allow。"
	}
	return errorview.Sentence(code)
}
