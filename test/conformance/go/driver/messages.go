package driver

import (
	"encoding/json"
	"fmt"
	"time"
)

// Partition names one partition of a topic.
type Partition struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

// At is a place in a partition: an offset, Earliest or Latest; in Offsets also a time in ms.
type At int64

// Kafka's own numbers for both ends of a partition, which all three libraries use too.
const (
	Latest   At = -1
	Earliest At = -2
)

// UnmarshalJSON takes a number, "earliest" or "latest".
func (a *At) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"earliest"`:
		*a = Earliest
	case `"latest"`:
		*a = Latest
	default:
		return json.Unmarshal(text, (*int64)(a))
	}
	return nil
}

// Position is a partition and where to read it from.
type Position struct {
	Partition
	Offset At `json:"offset"`
}

// Offset is an offset of a partition; Metadata goes with a commit, Timestamp with a look-up.
type Offset struct {
	Partition
	Offset    int64  `json:"offset"`
	Metadata  string `json:"metadata,omitempty"`
	Timestamp *int64 `json:"timestamp,omitempty"`
}

// Header is a record's header, ["name", "base64" or null] in JSON.
type Header struct {
	Name  string
	Value []byte
}

// MarshalJSON writes the pair.
func (h Header) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{h.Name, h.Value})
}

// UnmarshalJSON reads the pair.
func (h *Header) UnmarshalJSON(text []byte) error {
	pair := []any{&h.Name, &h.Value}
	if err := json.Unmarshal(text, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("a header is [name, value], not %s", text)
	}
	return nil
}

// NewRecord is a record to produce. Without a partition the library's partitioner chooses, without
// a timestamp its clock is taken.
type NewRecord struct {
	Topic     string   `json:"topic"`
	Partition *int32   `json:"partition"`
	Key       []byte   `json:"key"`
	Value     []byte   `json:"value"`
	Headers   []Header `json:"headers"`
	Timestamp *int64   `json:"timestamp"`
}

// Time is the record's timestamp, or the zero time where it has none.
func (r NewRecord) Time() time.Time {
	if r.Timestamp == nil {
		return time.Time{}
	}
	return time.UnixMilli(*r.Timestamp)
}

// ProducerOptions are what a producer is made for; comparable, so that drivers keep one for each.
type ProducerOptions struct {
	Acks       int16  `json:"acks"`
	Codec      string `json:"codec"`
	Idempotent bool   `json:"idempotent"`
}

// Delivery is where a produced record went; its offset is -1 where nobody told.
type Delivery struct {
	Partition int32 `json:"partition"`
	Offset    int64 `json:"offset"`
}

// Record is a consumed record, its timestamp in ms.
type Record struct {
	Topic     string   `json:"topic"`
	Partition int32    `json:"partition"`
	Offset    int64    `json:"offset"`
	Timestamp int64    `json:"timestamp"`
	Key       []byte   `json:"key"`
	Value     []byte   `json:"value"`
	Headers   []Header `json:"headers"`
}

// ConsumerOptions are a new consumer's; empty and zero fields leave the library's defaults. No
// consumer commits by itself.
type ConsumerOptions struct {
	Group            string `json:"group"`
	InstanceID       string `json:"instanceId"`
	Assignor         string `json:"assignor"`
	AutoOffsetReset  string `json:"autoOffsetReset"`
	SessionTimeoutMs int    `json:"sessionTimeoutMs"`
	HeartbeatMs      int    `json:"heartbeatMs"`
	Isolation        string `json:"isolation"`
}

// SessionTimeout is zero for the library's default.
func (o ConsumerOptions) SessionTimeout() time.Duration {
	return time.Duration(o.SessionTimeoutMs) * time.Millisecond
}

// Heartbeat is the time between heartbeats, zero for the library's default.
func (o ConsumerOptions) Heartbeat() time.Duration {
	return time.Duration(o.HeartbeatMs) * time.Millisecond
}

// Topic is one to create or one that is listed.
type Topic struct {
	Name              string            `json:"name"`
	Partitions        int32             `json:"partitions"`
	ReplicationFactor int16             `json:"replicationFactor,omitempty"`
	Configs           map[string]string `json:"configs,omitempty"`
}

// Resource is what has configs: a "topic" or a "broker", by its name or its id.
type Resource struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

// Group is what a group's coordinator says of it.
type Group struct {
	State    string   `json:"state"`
	Protocol string   `json:"protocol"`
	Members  []Member `json:"members"`
}

// Member is one of a group's members.
type Member struct {
	ID         string      `json:"id"`
	ClientID   string      `json:"clientId"`
	Assignment []Partition `json:"assignment"`
}

// Initialised says how a transactional producer's start went: Code 0 is success.
type Initialised struct {
	Millis int64 `json:"millis"`
	Failure
}
