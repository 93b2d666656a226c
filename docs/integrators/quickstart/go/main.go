// Skickar en första order till Kvitt och läser svaret i flödet. Behöver bara franz-go.
//
//	go run . ../order.json
package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

func main() {
	region := os.Getenv("KVITT_REGION")
	body, err := os.ReadFile(os.Args[1])
	check(err)
	messageID := newID()
	order := "GO-" + strings.ToUpper(messageID[:8])

	client, err := kgo.NewClient(append(connection(),
		// Samma placering som i Java: murmur2 av nyckeln. Det är franz-gos egen förvalda.
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
		kgo.ProducerBatchCompression(kgo.GzipCompression()),
		// Gruppens namn ska börja med användarens, region-<kod>.
		kgo.ConsumerGroup("region-"+region+"-quickstart-go"),
		kgo.ConsumeTopics("region."+region+".events"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)...)
	check(err)
	defer client.Close()
	patience, ended := context.WithTimeout(context.Background(), seconds())
	defer ended()

	record := &kgo.Record{Topic: "region." + region + ".orders", Key: []byte(order), Value: body}
	for name, value := range map[string]string{
		"ce_specversion": "1.0",
		"ce_id":          messageID,
		"ce_source":      "urn:region:" + region + ":quickstart",
		"ce_type":        "orders.order.place.v1",
		"ce_time":        time.Now().UTC().Format(time.RFC3339Nano),
		"ce_subject":     order,
		"ce_region":      region,
		"content-type":   "application/json",
	} {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: name, Value: []byte(value)})
	}
	check(client.ProduceSync(patience, record).FirstErr())
	fmt.Println("Skickad:", order)

	for {
		fetches := client.PollFetches(patience)
		if patience.Err() != nil {
			check(fmt.Errorf("inget svar inom %s", seconds()))
		}
		for _, one := range fetches.Records() {
			var data map[string]any
			check(json.Unmarshal(one.Value, &data))
			if data["message_id"] != messageID && data["order"] != order {
				continue
			}
			kind := header(one, "ce_type")
			fmt.Println("Svar:", kind, first(data, "status", "outcome", "reason"), first(data, "way_on"))
			if kind == "region.order.reported.v1" {
				return
			}
			if kind == "region.message.refused.v1" {
				client.Close()
				os.Exit(1)
			}
		}
	}
}

func connection() []kgo.Opt {
	login := scram.Auth{User: os.Getenv("KAFKA_USERNAME"), Pass: os.Getenv("KAFKA_PASSWORD")}
	options := []kgo.Opt{
		kgo.SeedBrokers(strings.Split(os.Getenv("KAFKA_BOOTSTRAP"), ",")...),
		kgo.SASL(login.AsSha512Mechanism()),
	}
	if os.Getenv("KAFKA_SECURITY") == "SASL_SSL" {
		options = append(options, kgo.DialTLSConfig(new(tls.Config)))
	}
	return options
}

func seconds() time.Duration {
	if told, err := time.ParseDuration(os.Getenv("QUICKSTART_SECONDS") + "s"); err == nil {
		return told
	}
	return time.Minute
}

func header(record *kgo.Record, name string) string {
	for _, one := range record.Headers {
		if one.Key == name {
			return string(one.Value)
		}
	}
	return ""
}

func first(data map[string]any, names ...string) string {
	for _, name := range names {
		if value, ok := data[name].(string); ok {
			return value
		}
	}
	return ""
}

func newID() string {
	raw := make([]byte, 16)
	_, err := rand.Read(raw)
	check(err)
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
