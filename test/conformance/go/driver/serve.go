package driver

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// none is the answer of an operation that has nothing to tell.
type none struct{}

// handler runs one operation on the request's line.
type handler func(line json.RawMessage) (any, error)

// on makes a handler of a function on the request's own fields.
func on[Q, A any](run func(Q) (A, error)) handler {
	return func(line json.RawMessage) (any, error) {
		var request Q
		if err := json.Unmarshal(line, &request); err != nil {
			return nil, fmt.Errorf("the request %s: %w", line, err)
		}
		return run(request)
	}
}

// server holds one conversation.
type server struct {
	client   Client
	handlers map[string]handler

	writing sync.Mutex
	out     *json.Encoder

	// consumers by their name in the cases.
	mutex     sync.Mutex
	consumers map[string]Consumer
}

// Serve answers requests of standard input on standard output until the input ends, then closes
// all. Each request runs beside the others.
func Serve(client Client) {
	s := &server{client: client, out: json.NewEncoder(os.Stdout), consumers: map[string]Consumer{}}
	s.handlers = s.clientHandlers()
	for op, handle := range s.consumerHandlers() {
		s.handlers[op] = handle
	}
	s.write(map[string]any{"ready": client.Info()})
	var running sync.WaitGroup
	for input := json.NewDecoder(os.Stdin); ; {
		var line json.RawMessage
		if err := input.Decode(&line); err != nil {
			if err != io.EOF {
				fmt.Fprintln(os.Stderr, "not a request:", err)
			}
			break
		}
		running.Go(func() { s.answer(line) })
	}
	running.Wait()
	s.close()
}

func (s *server) answer(line json.RawMessage) {
	var request struct {
		ID int    `json:"id"`
		Op string `json:"op"`
	}
	_ = json.Unmarshal(line, &request)
	handle, ok := s.handlers[request.Op]
	if !ok {
		handle = func(json.RawMessage) (any, error) { return nil, ErrLacking }
	}
	result, err := handle(line)
	if err != nil {
		s.write(map[string]any{"id": request.ID, "error": describe(err, s.client.Code)})
		return
	}
	s.write(map[string]any{"id": request.ID, "ok": result})
}

func (s *server) write(message any) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.out.Encode(message); err != nil {
		fmt.Fprintln(os.Stderr, "an answer is lost:", err)
	}
}

func (s *server) close() {
	for name, consumer := range s.consumers {
		if err := consumer.Close(); err != nil {
			fmt.Fprintf(os.Stderr, "closing %s: %v\n", name, err)
		}
	}
	s.client.Close()
}

// transactional starts a transactional producer and tells how long that took and how it ended.
func (s *server) transactional(id string, timeout time.Duration) Initialised {
	begun := time.Now()
	err := s.client.InitTransactional(id, timeout)
	done := Initialised{Millis: time.Since(begun).Milliseconds()}
	if err != nil {
		done.Failure = describe(err, s.client.Code)
	}
	return done
}
