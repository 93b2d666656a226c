"""The month of `kvitt run`: published, waited for, read back, compared, told. Knows no
service's code, only HTTP and Kafka.
"""
