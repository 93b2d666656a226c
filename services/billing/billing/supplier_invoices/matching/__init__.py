"""The three-way match of suppliers' invoices. Rules alone."""
