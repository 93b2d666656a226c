module kvitt.example/first-order

go 1.23

require github.com/twmb/franz-go v1.18.1
